"""Small made files of the kinds beside results of KS2 and KS4, census and absence: headers and oddities as published."""

from tests.schools.importing.made import file

KS5_HEADER = [
    "RECTYPE", "LEA", "ESTAB", "URN", "SCHNAME", "NFTYPE/FESITYPE", "TPUP1618", "TALLPUP_1618", "TALLPUP_ALEV_1618",
    "TALLPPE_ALEV_1618", "TALLPPEGRD_ALEV_1618", "TINCLUDE_B3", "TB3PTSE", "TINCLUDE_AAB_2FAC", "PTAAB_2FAC",
    "TALLPUP_ACAD_1618", "TALLPPE_ACAD_1618", "TALLPUP_AGEN", "TALLPPE_AGEN", "TALLPUP_TLEV", "TALLPPE_TLEV",
    "T_InScope_ALEV_Ret", "PT_Retained_ALEV_Ret", "TALLPUP_ALEV_1618_DIS", "TALLPPE_ALEV_1618_DIS",
    "TALLPUP_ALEV_1618_NOTDIS", "TALLPPE_ALEV_1618_NOTDIS", "VA_INS_ALEV", "UCI_INS_ALEV", "LCI_INS_ALEV",
    "TALLPPE_ALEV_1618_22",
]  # fmt: skip
_KS5 = {
    "RECTYPE": "1", "LEA": "901", "ESTAB": "4001", "URN": "100001", "SCHNAME": "Moor Top School",
    "NFTYPE/FESITYPE": "CY", "TPUP1618": "280", "TALLPUP_1618": "154", "TALLPUP_ALEV_1618": "150",
    "TALLPPE_ALEV_1618": "34.67", "TALLPPEGRD_ALEV_1618": "C+", "TINCLUDE_B3": "122", "TB3PTSE": "36.72",
    "TINCLUDE_AAB_2FAC": "118", "PTAAB_2FAC": "18.60%", "TALLPUP_ACAD_1618": "151", "TALLPPE_ACAD_1618": "34.76",
    "TALLPUP_AGEN": "6", "TALLPPE_AGEN": "SUPP", "TALLPUP_TLEV": "NE", "TALLPPE_TLEV": "NE",
    "T_InScope_ALEV_Ret": "145", "PT_Retained_ALEV_Ret": "97.2%", "TALLPUP_ALEV_1618_DIS": "21",
    "TALLPPE_ALEV_1618_DIS": "28.06", "TALLPUP_ALEV_1618_NOTDIS": "129", "TALLPPE_ALEV_1618_NOTDIS": "35.85",
    "VA_INS_ALEV": "0.28", "UCI_INS_ALEV": "0.38", "LCI_INS_ALEV": "0.19", "TALLPPE_ALEV_1618_22": "33.01",
}  # fmt: skip

KS4_PROVISIONAL_HEADER = [
    "RECTYPE", "LEA", "ESTAB", "URN", "SCHNAME", "ICLOSE", "NFTYPE", "TPUP", "ATT8SCR", "P8PUP", "P8MEA", "P8CILOW",
    "P8CIUPP", "PTL2BASICS_94", "PTL2BASICS_95", "EBACCAPS", "PTEBACC_E_PTQ_EE",
]  # fmt: skip
_KS4_PROVISIONAL = {
    "RECTYPE": "1", "LEA": "901", "ESTAB": "4001", "URN": "100001", "SCHNAME": "Moor Top School", "ICLOSE": "0",
    "NFTYPE": "CY", "TPUP": "181", "ATT8SCR": "46.8", "P8PUP": "172", "P8MEA": "0.09", "P8CILOW": "-0.1",
    "P8CIUPP": "0.28", "PTL2BASICS_94": "66%", "PTL2BASICS_95": "43%", "EBACCAPS": "4.05", "PTEBACC_E_PTQ_EE": "38%",
}  # fmt: skip

KS4_DESTINATIONS_HEADER = [
    "RECTYPE", "LEA", "ESTAB", "URN", "ICLOSE", "SCHNAME", "NFTYPE", "COHORT", "OVERALL_DEST", "OVERALL_DESTPER",
    "APPRENPER", "EDUCATIONPER", "NOT_SUSTAINEDPER", "UNKNOWNPER", "COHORT_DIS", "OVERALL_DESTPER_DIS", "APPRENPER_DIS",
    "COHORT_NONDIS", "OVERALL_DESTPER_NONDIS", "COHORT_22", "OVERALL_DESTPER_22",
]  # fmt: skip
_KS4_DESTINATIONS = {
    "RECTYPE": "1", "LEA": "901", "ESTAB": "4001", "URN": "100001", "ICLOSE": "0", "SCHNAME": "Moor Top School",
    "NFTYPE": "CY", "COHORT": "226", "OVERALL_DEST": "206", "OVERALL_DESTPER": "91%", "APPRENPER": "7%",
    "EDUCATIONPER": "82%", "NOT_SUSTAINEDPER": "4%", "UNKNOWNPER": "4%", "COHORT_DIS": "44",
    "OVERALL_DESTPER_DIS": "75%", "APPRENPER_DIS": "SUPP", "COHORT_NONDIS": "182", "OVERALL_DESTPER_NONDIS": "95%",
    "COHORT_22": "220", "OVERALL_DESTPER_22": "88%",
}  # fmt: skip

KS5_DESTINATIONS_HEADER = [
    "RECTYPE", "LEA", "ESTAB", "URN", "SCHNAME", "TOT_COHORT", "TOT_OVERALL", "TOT_OVERALLPER", "TOT_APPRENPER",
    "TOT_HEPER", "TOT_NOT_SUSTAINEDPER", "TOT_COHORT_DIS", "TOT_OVERALLPER_DIS", "L3_COHORT", "L3_OVERALLPER",
]  # fmt: skip
_KS5_DESTINATIONS = {
    "RECTYPE": "1", "LEA": "901", "ESTAB": "4001", "URN": "100001", "SCHNAME": "Moor Top School", "TOT_COHORT": "129",
    "TOT_OVERALL": "113", "TOT_OVERALLPER": "88%", "TOT_APPRENPER": "SP", "TOT_HEPER": "62%",
    "TOT_NOT_SUSTAINEDPER": "8%", "TOT_COHORT_DIS": "30", "TOT_OVERALLPER_DIS": "SUPP", "L3_COHORT": "120",
    "L3_OVERALLPER": "90%",
}  # fmt: skip

_ELIGIBLE = "Total number of pupils eligible for the Deprivation Pupil Premium"
_ALLOCATED = "Total allocation for the Deprivation Pupil Premium"
PUPIL_PREMIUM_HEADER = [
    "URN", "LAEstab", "LA", "Local Authority", "Number of pupils on roll (7)", "Number of  Secondary pupils on roll (10)",
    _ELIGIBLE, _ALLOCATED,
]  # fmt: skip
_PUPIL_PREMIUM = {
    "URN": "100001", "LAEstab": "9012001", "LA": "901", "Local Authority": "Kirkdale",
    "Number of pupils on roll (7)": "349", _ELIGIBLE: "145", _ALLOCATED: "191620",
}  # fmt: skip

_RATIO = "Pupil:     Teacher Ratio"
_PAY = "Mean Gross FTE Salary of All Teachers (£s)"
WORKFORCE_HEADER = [
    "LA Number", "Establishment Number", "URN", "School Phase", "Total Number of Teachers (Headcount)",
    "Total Number of Teachers (Full-Time Equivalent)", "Total Number of Teaching Assistants (Full-time Equivalent)",
    _RATIO, _PAY,
]  # fmt: skip
_WORKFORCE = {
    "LA Number": "901", "Establishment Number": "2001", "URN": "100001", "School Phase": "Primary",
    "Total Number of Teachers (Headcount)": "16", "Total Number of Teachers (Full-Time Equivalent)": "14.5",
    "Total Number of Teaching Assistants (Full-time Equivalent)": "18.9", _RATIO: "21.6", _PAY: "£36,401",
}  # fmt: skip

FINANCE_HEADER = ["URN", "Income", "Expenditure", "Balance", "Academic Year"]
_FINANCE = {
    "URN": "100001", "Income": "2000000", "Expenditure": "2100000.5", "Balance": "-100000.5", "Academic Year": "2017",
}  # fmt: skip

GROUP_HEADER = [
    "", "URN", "Group UID", "Group Name", "Group Type (code)", "Group Type", "Joined date", "EstablishmentName",
    "TypeOfEstablishment (code)", "LA (code)", "LA (name)",
]  # fmt: skip
_GROUP = {
    "": "37", "URN": "100001", "Group UID": "3206", "Group Name": "Moor  Trust", "Group Type (code)": "6",
    "Group Type": "Multi-academy trust", "Joined date": "2018-09-01", "EstablishmentName": "Moor Top",
    "TypeOfEstablishment (code)": "34", "LA (code)": "901", "LA (name)": "Kirkdale",
}  # fmt: skip


def groups(*rows, header=GROUP_HEADER):
    return file(header, *({**_GROUP, **row} for row in rows or [{}]))


def ks5(*rows, header=KS5_HEADER):
    return file(header, *({**_KS5, **row} for row in rows or [{}]))


def ks4_provisional(*rows, header=KS4_PROVISIONAL_HEADER):
    return file(header, *({**_KS4_PROVISIONAL, **row} for row in rows or [{}]))


def ks4_destinations(*rows, header=KS4_DESTINATIONS_HEADER):
    return file(header, *({**_KS4_DESTINATIONS, **row} for row in rows or [{}]))


def ks5_destinations(*rows, header=KS5_DESTINATIONS_HEADER):
    return file(header, *({**_KS5_DESTINATIONS, **row} for row in rows or [{}]))


def pupil_premium(*rows, header=PUPIL_PREMIUM_HEADER):
    return file(header, *({**_PUPIL_PREMIUM, **row} for row in rows or [{}]))


def workforce(*rows, header=WORKFORCE_HEADER):
    return file(header, *({**_WORKFORCE, **row} for row in rows or [{}]), encoding="cp1252")


def finance(*rows, header=FINANCE_HEADER):
    return file(header, *({**_FINANCE, **row} for row in rows or [{}]))


def blank(header, **cells):
    """A row of England or an authority: nothing but what is given."""
    return {**dict.fromkeys(header, " "), **cells}
