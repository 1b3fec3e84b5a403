"""Pure decisions about schools: academic years, terms, working days, Ofsted's frameworks, circumstances.

No database, no request, no clock: every day a rule needs is given to it.
"""
