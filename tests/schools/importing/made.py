"""Small made files with the headers and oddities of the published ones, and a way to import them."""

import csv
import io
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from schools.importing import batches, plans, reading, running
from schools.importing.loading import load_reference
from schools.models import ImportBatch, ImportFile

GIAS_HEADER = [
    "URN",
    "LA (code)",
    "LA (name)",
    "EstablishmentNumber",
    "EstablishmentName",
    "TypeOfEstablishment (code)",
    "TypeOfEstablishment (name)",
    "EstablishmentStatus (code)",
    "EstablishmentStatus (name)",
    "OpenDate",
    "ReasonEstablishmentClosed (name)",
    "CloseDate",
    "PhaseOfEducation (code)",
    "PhaseOfEducation (name)",
    "StatutoryLowAge",
    "StatutoryHighAge",
    "NurseryProvision (name)",
    "OfficialSixthForm (name)",
    "Gender (name)",
    "ReligiousCharacter (name)",
    "Diocese (name)",
    "SchoolCapacity",
    "CensusDate",
    "NumberOfPupils",
    "Trusts (code)",
    "Trusts (name)",
    "LastChangedDate",
    "Street",
    "Town",
    "Postcode",
    "SchoolWebsite",
    "TelephoneNum",
    "HeadFirstName",
    "HeadLastName",
    "HeadPreferredJobTitle",
]
_GIAS = {
    "URN": "100001", "LA (code)": "901", "LA (name)": "Kirkdale", "EstablishmentNumber": "2001",
    "EstablishmentName": "Beck Lane Primary School", "TypeOfEstablishment (code)": "01",
    "TypeOfEstablishment (name)": "Community school", "EstablishmentStatus (code)": "1",
    "EstablishmentStatus (name)": "Open", "PhaseOfEducation (code)": "2", "PhaseOfEducation (name)": "Primary",
    "StatutoryLowAge": "3", "StatutoryHighAge": "11", "NurseryProvision (name)": "Has Nursery Classes",
    "OfficialSixthForm (name)": "Does not have a sixth form", "Gender (name)": "Mixed",
    "ReligiousCharacter (name)": "Does not apply", "Diocese (name)": "Not applicable", "SchoolCapacity": "210",
    "CensusDate": "19-01-2023", "NumberOfPupils": "200", "LastChangedDate": "01-05-2023", "Street": "Beck Lane",
    "Town": "Kirkdale", "Postcode": "KD1 2AB", "SchoolWebsite": "www.becklane.example", "TelephoneNum": "01130000000",
    "HeadFirstName": "Grace", "HeadLastName": "Holroyd", "HeadPreferredJobTitle": "Headteacher",
}  # fmt: skip

KS2_HEADER = [
    "RECTYPE",
    "LEA",
    "ESTAB",
    "URN",
    "SCHNAME",
    "TOTPUPS",
    "TELIG",
    "BELIG",
    "GELIG",
    "TFSM6CLA1A",
    "PTRWM_EXP",
    "PTRWM_HIGH",
    "READPROG",
    "READPROG_LOWER",
    "READPROG_UPPER",
    "PTREAD_EXP",
    "READ_AVERAGE",
    "PTRWM_EXP_B",
    "PTRWM_EXP_G",
    "PTRWM_EXP_FSM6CLA1A",
    "PTRWM_EXP_NotFSM6CLA1A",
]
_KS2 = {
    "RECTYPE": "1", "LEA": "901", "ESTAB": "2001", "URN": "100001", "SCHNAME": "Beck Lane Primary School",
    "TOTPUPS": "210", "TELIG": "30", "BELIG": "14", "GELIG": "16", "TFSM6CLA1A": "9", "PTRWM_EXP": "65%",
    "PTRWM_HIGH": "10%", "READPROG": "-1.2", "READPROG_LOWER": "-3.1", "READPROG_UPPER": "0.7", "PTREAD_EXP": "70%",
    "READ_AVERAGE": "104", "PTRWM_EXP_B": "57%", "PTRWM_EXP_G": "72%", "PTRWM_EXP_FSM6CLA1A": "SUPP",
    "PTRWM_EXP_NotFSM6CLA1A": "71%",
}  # fmt: skip

KS4_HEADER = [
    "RECTYPE",
    "LEA",
    "ESTAB",
    "URN",
    "SCHNAME",
    "PCODE",
    "TOTPUPS",
    "TPUP",
    "BPUP",
    "GPUP",
    "ATT8SCR",
    "P8PUP",
    "P8MEA",
    "P8CILOW",
    "P8CIUPP",
    "PTL2BASICS_94",
    "PTL2BASICS_95",
    "EBACCAPS",
    "PTEBACC_E_PTQ_EE",
    "ATT8SCR_GIRLS",
    "P8MEA_GIRLS",
    "P8CILOW_GIRLS",
    "P8CIUPP_GIRLS",
]
_KS4 = {
    "RECTYPE": "1", "LEA": "901", "ESTAB": "4001", "URN": "100001", "SCHNAME": "Moor Top School", "PCODE": "KD1 2AB",
    "TOTPUPS": "900", "TPUP": "180", "BPUP": "92", "GPUP": "88", "ATT8SCR": "47.1", "P8PUP": "171", "P8MEA": "0.12",
    "P8CILOW": "-0.07", "P8CIUPP": "0.31", "PTL2BASICS_94": "66.50%", "PTL2BASICS_95": "43%", "EBACCAPS": "4.07",
    "PTEBACC_E_PTQ_EE": "38%", "ATT8SCR_GIRLS": "50.2", "P8MEA_GIRLS": "0.3", "P8CILOW_GIRLS": "0.05",
    "P8CIUPP_GIRLS": "0.55",
}  # fmt: skip

CENSUS_HEADER = [
    "URN",
    "LA",
    "Estab",
    "SCHOOLTYPE",
    "NOR",
    "PSENELSE",
    "TSENELK",
    "PSENELK",
    "NUMEAL",
    "PNUMEAL",
    "NUMFSM",
    "NORFSMEVER",
    "PNUMFSMEVER",
]
_CENSUS = {
    "URN": "100001", "LA": "901", "Estab": "2001", "SCHOOLTYPE": "State-funded primary", "NOR": "200",
    "PSENELSE": "2.00%", "TSENELK": "30", "PSENELK": "15.00%", "NUMEAL": "50", "PNUMEAL": "25.00%", "NUMFSM": "41",
    "NORFSMEVER": "190", "PNUMFSMEVER": "22.11%",
}  # fmt: skip

OFSTED_HEADER = [
    "Web link",
    "URN",
    "LAESTAB",
    "School name",
    "Inspection number of latest full inspection",
    "Inspection type",
    "Inspection type grouping",
    "Event type grouping",
    "Inspection start date",
    "Inspection end date",
    "Publication date",
    "URN at time of latest full inspection",
    "Overall effectiveness",
    "Category of concern",
    "Quality of education",
    "Behaviour and attitudes",
    "Personal development",
    "Effectiveness of leadership and management",
    "Safeguarding is effective?",
    "Early years provision (where applicable)",
    "Sixth form provision (where applicable)",
    "Previous full inspection number",
    "Previous inspection start date",
    "Previous inspection end date",
    "Previous publication date",
    "URN at time of previous full inspection",
    "Previous full inspection overall effectiveness",
    "Previous category of concern",
    "Previous quality of education",
    "Previous behaviour and attitudes",
    "Previous personal development",
    "Previous effectiveness of leadership and management",
    "Previous safeguarding is effective?",
    "Latest section 8 inspection number since last full inspection",
    "Date of latest section 8 inspection",
    "Section 8 inspection publication date",
    "Section 8 inspection overall outcome",
    "URN at time of the section 8 inspection",
]
_OFSTED = {
    "URN": "100001", "School name": "Beck Lane Primary School",
    "Inspection number of latest full inspection": "10240001", "Inspection type": "S5 Inspection",
    "Inspection start date": "14/06/2023", "Inspection end date": "15/06/2023", "Publication date": "12/07/2023",
    "URN at time of latest full inspection": "100001", "Overall effectiveness": "2", "Category of concern": "None",
    "Quality of education": "2", "Behaviour and attitudes": "1", "Personal development": "2",
    "Effectiveness of leadership and management": "2", "Safeguarding is effective?": "Yes",
    "Early years provision (where applicable)": "2", "Sixth form provision (where applicable)": "9",
    "Previous full inspection number": "10030001", "Previous inspection start date": "08/05/2018",
    "Previous inspection end date": "09/05/2018", "Previous publication date": "06/06/2018",
    "URN at time of previous full inspection": "100001", "Previous full inspection overall effectiveness": "4",
    "Previous category of concern": "SWK", "Previous safeguarding is effective?": "Yes",
    "Latest section 8 inspection number since last full inspection": "NULL",
}  # fmt: skip

REPORT_CARD_HEADER = [
    "URN",
    "LAESTAB",
    "School name",
    "Inspection number of latest full inspection",
    "Inspection type",
    "Inspection start date",
    "Publication date",
    "URN at time of latest full inspection",
    "Category of concern",
    "Safeguarding standards",
    "Safeguarding standards - date of grade",
    "Inclusion",
    "Curriculum and teaching",
    "Achievement",
    "Attendance and behaviour",
    "Personal development and wellbeing",
    "Early years (where applicable)",
    "Post-16 provision (where applicable)",
    "Leadership and governance",
    "Inspection number of latest OEIF graded inspection",
    "Inspection start date of latest OEIF graded inspection",
    "Publication date of latest OEIF graded inspection",
    "URN at time of latest OEIF graded inspection",
    "Latest OEIF category of concern",
    "Latest OEIF overall effectiveness",
    "Latest OEIF quality of education",
    "Latest OEIF behaviour and attitudes",
    "Latest OEIF personal development",
    "Latest OEIF effectiveness of leadership and management",
    "Latest OEIF  safeguarding is effective?",
    "Latest ungraded inspection number",
    "Date of latest ungraded inspection",
    "Ungraded inspection publication date",
    "URN at time of the ungraded inspection",
    "Ungraded inspection overall outcome",
    "Most recent category of concern",
]
_REPORT_CARD = {
    "URN": "100001", "School name": "Beck Lane Primary School",
    "Inspection number of latest full inspection": "10400001", "Inspection type": "Full inspection",
    "Inspection start date": "03/02/2026", "Publication date": "10/03/2026",
    "URN at time of latest full inspection": "100001", "Category of concern": "NULL", "Safeguarding standards": "Met",
    "Inclusion": "Strong standard", "Curriculum and teaching": "Expected standard", "Achievement": "Needs attention",
    "Attendance and behaviour": "Expected standard", "Personal development and wellbeing": "Exceptional",
    "Early years (where applicable)": "Expected standard", "Post-16 provision (where applicable)": "Not applicable",
    "Leadership and governance": "Expected standard",
    "Inspection number of latest OEIF graded inspection": "10240001",
    "Inspection start date of latest OEIF graded inspection": "08/10/2024",
    "Publication date of latest OEIF graded inspection": "08/11/2024",
    "URN at time of latest OEIF graded inspection": "100001", "Latest OEIF category of concern": "NULL",
    "Latest OEIF overall effectiveness": "Not judged", "Latest OEIF quality of education": "2",
    "Latest OEIF behaviour and attitudes": "2", "Latest OEIF personal development": "1",
    "Latest OEIF effectiveness of leadership and management": "3", "Latest OEIF  safeguarding is effective?": "Yes",
    "Latest ungraded inspection number": "10100001", "Date of latest ungraded inspection": "12/01/2022",
    "Ungraded inspection publication date": "02/02/2022", "URN at time of the ungraded inspection": "100001",
    "Ungraded inspection overall outcome": "School remains Good (Concerns) - S5 Next",
}  # fmt: skip


def file(header, *rows, encoding="utf-8-sig", newline="\r\n"):
    """The bytes of a CSV file: rows are dictionaries by column, or lists of cells just as they are."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=newline)
    writer.writerow(header)
    for row in rows:
        writer.writerow([row.get(column, "") for column in header] if isinstance(row, dict) else row)
    return text.getvalue().encode(encoding)


def gias(*rows, header=GIAS_HEADER, **how):
    return file(header, *({**_GIAS, **row} for row in rows or [{}]), **how)


def ks2(*rows, header=KS2_HEADER, **how):
    return file(header, *({**_KS2, **row} if isinstance(row, dict) else row for row in rows or [{}]), **how)


def ks4(*rows, header=KS4_HEADER, **how):
    return file(header, *({**_KS4, **row} for row in rows or [{}]), **how)


def census(*rows, header=CENSUS_HEADER, **how):
    return file(header, *({**_CENSUS, **row} for row in rows or [{}]), **how)


def absence(*rows, column="PPERSABS10", **how):
    header = ["LA", "ESTAB", "URN", "PERCTOT", column]
    return file(header, *(rows or [["901", "2001", "100001", "4.7", "13.5"]]), **how)


def links(*rows):
    header = ["URN", "LinkURN", "LinkName", "LinkType", "LinkEstablishedDate"]
    return file(header, *rows, encoding="cp1252")


def ofsted(*rows, header=OFSTED_HEADER, **how):
    return file(header, *({**_OFSTED, **row} for row in rows or [{}]), encoding="cp1252", **how)


def report_cards(*rows, header=REPORT_CARD_HEADER, **how):
    return file(header, *({**_REPORT_CARD, **row} for row in rows or [{}]), encoding="cp1252", **how)


def plan(name, content, year=None):
    """The one plan of one file."""
    [only] = plans.prepare([reading.from_bytes(name, content)], year)
    return only


def refusal(name, content, year=None):
    return plan(name, content, year).refusal


class Direct:
    """Writing without a job. `stop_after` lots it raises, as a killed worker does."""

    def __init__(self, stop_after=None):
        self.lots = 0
        self.stop_after = stop_after

    @contextmanager
    def writing(self):
        if self.stop_after is not None and self.lots >= self.stop_after:
            raise Killed
        self.lots += 1
        with transaction.atomic():
            yield

    def progress(self, done, total=None, message=""):
        pass


class Killed(Exception):
    pass


def preview(files, authority, *, year=None, trusted=False):
    """{name: content} → ([Plan], [Tally]) without writing."""
    now = timezone.now()
    load_reference(now=now)
    found = plans.prepare([reading.from_bytes(name, content) for name, content in files.items()], year)
    return found, running.preview(found, batches.scope_of(authority, now=now, trusted=trusted))


def import_files(files, authority, *, year=None, trusted=False, work=None):
    """Preview and apply; {name: ImportFile} with figures and problems as recorded."""
    found, tallies = preview(files, authority, year=year, trusted=trusted)
    batch = ImportBatch.objects.create(
        authority=authority, status=ImportBatch.Status.APPLYING, created_at=timezone.now(), year=year
    )
    batches.store_files(batch, found, tallies, [""] * len(found))
    rows = list(batch.files.all())
    batches.apply_files(batch, found, rows, work or Direct(), trusted=trusted)
    with transaction.atomic():
        batches.complete(batch, by=None, now=timezone.now())
    return {row.name: row for row in ImportFile.objects.filter(batch=batch)}


def figures(row):
    return tuple(row.figures[name] for name in ("added", "changed", "unchanged", "refused"))
