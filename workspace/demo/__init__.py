"""Two made-up authorities to try the product with: one on each framework, five years of data, people in every role.

Nothing here is a real place, school or person. The same seed gives the same authorities on every machine; dates
follow the day the demo is loaded. Everything a person would do is done through the rooms' actions.
"""
