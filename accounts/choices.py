"""What a person may do (Permission), where a grant reaches (Reach), and who people are (Role)."""

from django.db.models import TextChoices


class Permission(TextChoices):
    """One thing a person may do. Every view declares the one it needs."""

    VIEW_SCHOOL = "view_school", "See a school's page"
    VIEW_INDICATORS = "view_indicators", "See a school's data"
    EXPORT_LIST = "export_list", "Export lists"
    EDIT_SCHOOL = "edit_school", "Change what is recorded about a school"
    ASSIGN_OFFICER = "assign_officer", "Assign officers to schools"
    RECORD_INSPECTION = "record_inspection", "Record inspections"
    RECORD_CIRCUMSTANCE = "record_circumstance", "Record circumstances"
    VIEW_SUGGESTION = "view_suggestion", "See a school's level and why, and its self-evaluation"
    WRITE_PROFILE = "write_profile", "Write the school's self-evaluation"
    VALIDATE_PROFILE = "validate_profile", "Validate a school's self-evaluation and agree it with the school"
    RECOMMEND_LEVEL = "recommend_level", "Recommend a level, review it each term, confirm signs"
    MODERATE_LEVEL = "moderate_level", "Moderate recommendations and self-evaluations, answer disagreements"
    DECIDE_LEVEL = "decide_level", "Open rounds, decide, publish and confirm levels"
    DISAGREE = "disagree", "Disagree formally with the school's level"
    IDENTIFY_CONCERN = "identify_concern", "Identify schools at risk or causing concern"
    RATE_INDICATOR = "rate_indicator", "Rate schools for the own service"
    EDIT_FRAMEWORK = "edit_framework", "Draft changes to the policy, try them and consult on them"
    PUBLISH_FRAMEWORK = "publish_framework", "Publish a changed policy drafted by someone else"
    WRITE_VISIT = "write_visit", "Record visits and write their notes"
    READ_VISIT = "read_visit", "Read final visit notes, every section the authority may read"
    READ_SHARED_NOTE = "read_shared_note", "Read the parts of final notes that are shared with the school"
    RELEASE_DOCUMENT = "release_document", "Release documents"
    READ_DOCUMENT = "read_document", "Read and download released documents"
    IMPORT_DATA = "import_data", "Import data files"
    MANAGE_CALENDAR = "manage_calendar", "Change terms and working days"
    MANAGE_SETTINGS = "manage_settings", "Change the authority's name, colours and settings"
    ADD_DELEGATE = "add_delegate", "Add and end the school's delegates"
    MANAGE_PEOPLE = "manage_people", "Invite people, grant and end roles"
    VIEW_LOGS = "view_logs", "Read who changed and who read what"
    VIEW_JOBS = "view_jobs", "See unattended work"


class Reach(TextChoices):
    """Which schools a permission covers for the holder of a role."""

    SCOPE = "scope", "Every school within the grant's authority, area and phase"
    ASSIGNED = "assigned", "Schools the person is assigned to as an officer"
    OWN = "own", "Schools the person belongs to as a contact"


class Phase(TextChoices):
    """A phase remit of the authority's staff (L-007)."""

    EARLY = "0-11", "0 to 11"
    LATE = "11-19", "11 to 19"


class AreaKind(TextChoices):
    AREA = "area", "Area"  # Leicester's locality, Leeds's area (K-004, L-005)
    CLUSTER = "cluster", "Cluster"  # K-005


class Role(TextChoices):
    """The people of both policies (requirements section 7); an authority's framework may call them otherwise."""

    ADVISER = "adviser", "School improvement adviser"
    AREA_MANAGER = "area_manager", "Area improvement manager"
    HEAD_OF_SERVICE = "head_of_service", "Head of service"
    SERVICE_DIRECTOR = "service_director", "Service director"
    DIRECTOR = "director", "Director of children's services"
    SERVICE_MANAGER = "service_manager", "Service manager"
    SERVICE_OFFICER = "service_officer", "Officer of another service"
    MANAGEMENT_TEAM = "management_team", "Member of the management team"
    LEAD_MEMBER = "lead_member", "Lead member"
    SCRUTINY_MEMBER = "scrutiny_member", "Scrutiny member"
    CONSULTANT = "consultant", "Consultant or associate"
    EXTERNAL_ADVISER = "external_adviser", "External adviser"
    SECONDED_HEAD = "seconded_head", "Seconded headteacher"
    SUPPORTER = "supporter", "Deployed supporter"
    POLICY_ADMIN = "policy_admin", "Policy administrator"
    AUDITOR = "auditor", "Auditor"
    HEADTEACHER = "headteacher", "Headteacher"
    CHAIR = "chair", "Chair of governors"
    SCHOOL_DELEGATE = "school_delegate", "School delegate"
    FAITH_REPRESENTATIVE = "faith_representative", "Faith representative"
    SPONSOR = "sponsor", "Academy sponsor or principal"
    REVIEW_GROUP_GOVERNOR = "review_group_governor", "Member of a joint review group"
