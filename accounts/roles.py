"""Roles as named sets of permissions, each with its reach (requirements section 7).

The one place that says who may do what. A grant (models.RoleGrant) adds authority, area, phase and dates;
which schools someone is *assigned to* or *belongs to* are dated rows of the room that owns them.
"""

from collections.abc import Mapping

from accounts.choices import Permission as P
from accounts.choices import Reach, Role

Powers = Mapping[P, Reach]

_SCOPE, _ASSIGNED, _OWN = Reach.SCOPE, Reach.ASSIGNED, Reach.OWN

# Every officer knows the schools of the authority and their published data (L-259, K-031).
_OFFICER: Powers = {P.VIEW_SCHOOL: _SCOPE, P.VIEW_INDICATORS: _SCOPE, P.EXPORT_LIST: _SCOPE}

_ADVISER: Powers = {
    **_OFFICER,
    P.VIEW_SUGGESTION: _ASSIGNED,
    P.VALIDATE_PROFILE: _ASSIGNED,
    P.RECOMMEND_LEVEL: _ASSIGNED,
    P.RECORD_CIRCUMSTANCE: _ASSIGNED,
    P.WRITE_VISIT: _ASSIGNED,
    P.READ_VISIT: _ASSIGNED,
    P.READ_DOCUMENT: _ASSIGNED,
    P.RELEASE_DOCUMENT: _ASSIGNED,
}

_LEADER: Powers = {
    **_OFFICER,
    P.VIEW_SUGGESTION: _SCOPE,
    P.READ_VISIT: _SCOPE,
    P.READ_DOCUMENT: _SCOPE,
}

_MANAGER: Powers = {
    **_LEADER,
    P.EDIT_SCHOOL: _SCOPE,
    P.ASSIGN_OFFICER: _SCOPE,
    P.RECORD_INSPECTION: _SCOPE,
    P.RECORD_CIRCUMSTANCE: _SCOPE,
    P.VALIDATE_PROFILE: _SCOPE,
    P.RECOMMEND_LEVEL: _SCOPE,
    P.MODERATE_LEVEL: _SCOPE,
    P.IDENTIFY_CONCERN: _SCOPE,
    P.WRITE_VISIT: _SCOPE,
    P.RELEASE_DOCUMENT: _SCOPE,
}

# The head of service agrees every school's level (L-271) and may publish a policy drafted by an administrator.
_HEAD_OF_SERVICE: Powers = {**_MANAGER, P.DECIDE_LEVEL: _SCOPE, P.PUBLISH_FRAMEWORK: _SCOPE}

# Officers of other services: their indicator, their schools (K-024); a dated remit says which (schools.ServiceRemit).
_SERVICE: Powers = {**_OFFICER, P.RATE_INDICATOR: _SCOPE}

_SCHOOL: Powers = {
    P.VIEW_SCHOOL: _OWN,
    P.VIEW_INDICATORS: _OWN,
    P.VIEW_SUGGESTION: _OWN,
    P.READ_SHARED_NOTE: _OWN,
    P.READ_DOCUMENT: _OWN,
    P.WRITE_PROFILE: _OWN,
}

# The school's view of its level is its head's and its chair's to give, and so is a place beside them.
_SCHOOL_HEAD: Powers = {**_SCHOOL, P.DISAGREE: _OWN, P.ADD_DELEGATE: _OWN}

POWERS: Mapping[Role, Powers] = {
    Role.ADVISER: _ADVISER,
    Role.AREA_MANAGER: _MANAGER,
    Role.HEAD_OF_SERVICE: _HEAD_OF_SERVICE,
    Role.SERVICE_DIRECTOR: _LEADER,
    Role.DIRECTOR: _LEADER,
    Role.SERVICE_MANAGER: _SERVICE,
    Role.SERVICE_OFFICER: _SERVICE,
    Role.MANAGEMENT_TEAM: _OFFICER,
    # Members read summaries and reports, never a school's record (L-249, L-250).
    Role.LEAD_MEMBER: {},
    Role.SCRUTINY_MEMBER: {},
    Role.CONSULTANT: {P.VIEW_SCHOOL: _ASSIGNED, P.VIEW_INDICATORS: _ASSIGNED},
    Role.EXTERNAL_ADVISER: {
        P.VIEW_SCHOOL: _ASSIGNED,
        P.VIEW_INDICATORS: _ASSIGNED,
        P.WRITE_VISIT: _ASSIGNED,
        P.READ_VISIT: _ASSIGNED,
    },
    # What a group or a deployment shows them comes from that group or deployment (K-237, K-243).
    Role.SECONDED_HEAD: {},
    Role.SUPPORTER: {},
    Role.POLICY_ADMIN: {
        **_OFFICER,
        P.VIEW_SUGGESTION: _SCOPE,
        P.EDIT_SCHOOL: _SCOPE,
        P.ASSIGN_OFFICER: _SCOPE,
        P.RECORD_INSPECTION: _SCOPE,
        P.IMPORT_DATA: _SCOPE,
        P.MANAGE_CALENDAR: _SCOPE,
        P.MANAGE_SETTINGS: _SCOPE,
        P.EDIT_FRAMEWORK: _SCOPE,
        P.PUBLISH_FRAMEWORK: _SCOPE,
        P.MANAGE_PEOPLE: _SCOPE,
        P.VIEW_JOBS: _SCOPE,
    },
    Role.AUDITOR: {P.VIEW_LOGS: _SCOPE},
    Role.HEADTEACHER: _SCHOOL_HEAD,
    Role.CHAIR: _SCHOOL_HEAD,
    Role.SCHOOL_DELEGATE: _SCHOOL,
    Role.FAITH_REPRESENTATIVE: {P.VIEW_SCHOOL: _OWN},
    Role.SPONSOR: {
        P.VIEW_SCHOOL: _OWN,
        P.VIEW_INDICATORS: _OWN,
        P.VIEW_SUGGESTION: _OWN,
        P.READ_SHARED_NOTE: _OWN,
        P.READ_DOCUMENT: _OWN,
    },
    Role.REVIEW_GROUP_GOVERNOR: {},
}

SCHOOL_ROLES = frozenset(
    {
        Role.HEADTEACHER,
        Role.CHAIR,
        Role.SCHOOL_DELEGATE,
        Role.FAITH_REPRESENTATIVE,
        Role.SPONSOR,
        Role.REVIEW_GROUP_GOVERNOR,
    }
)

# Held for a whole authority, or reaching only the schools someone belongs to: no area, no phase.
ROLES_WITHOUT_REMIT = SCHOOL_ROLES | {
    Role.DIRECTOR,
    Role.SERVICE_DIRECTOR,
    Role.MANAGEMENT_TEAM,
    Role.LEAD_MEMBER,
    Role.SCRUTINY_MEMBER,
    Role.POLICY_ADMIN,
    Role.AUDITOR,
}
