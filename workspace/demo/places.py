"""The two made-up authorities, their parts, their officers and the names their schools draw from."""

from dataclasses import dataclass

from accounts.choices import Role


@dataclass(frozen=True)
class Officer:
    name: str
    mailbox: str
    role: Role
    area: str = ""  # holds the role for this area only
    phase: str = ""


@dataclass(frozen=True)
class Place:
    """One authority. `domain` is under .example, which can never receive mail."""

    code: str
    name: str
    service_name: str
    colour: str
    framework: str
    domain: str
    areas: tuple[str, ...]
    clusters: tuple[str, ...]
    officers: tuple[Officer, ...]
    neighbourhoods: tuple[str, ...]
    seed: int


KIRKDALE = Place(
    code="998",
    name="Kirkdale",
    service_name="Kirkdale Learning Improvement",
    colour="#00594f",
    framework="leeds-2013",
    domain="kirkdale.example",
    areas=("East", "North West", "South"),
    clusters=("Harrow Beck", "Mill Race", "Tannery", "Upper Dale"),
    officers=(
        Officer("Ruth Calloway", "adviser", Role.ADVISER),
        Officer("Imran Sadiq", "adviser2", Role.ADVISER),
        Officer("Beth Thornley", "adviser3", Role.ADVISER),
        Officer("Gareth Pym", "manager", Role.AREA_MANAGER),
        Officer("Moira Sutcliffe", "chair", Role.HEAD_OF_SERVICE),
        Officer("Adaeze Obi", "deputy", Role.SERVICE_DIRECTOR),
        Officer("Colin Westbrook", "director", Role.DIRECTOR),
        Officer("Pauline Marsh", "policy", Role.POLICY_ADMIN),
        Officer("Sunil Rao", "policy2", Role.POLICY_ADMIN),
        Officer("Frances Weir", "auditor", Role.AUDITOR),
        Officer("Cllr Dot Hanley", "member", Role.LEAD_MEMBER),
        Officer("Cllr Amir Khan", "scrutiny", Role.SCRUTINY_MEMBER),
        Officer("Leanne Fox", "attendance", Role.SERVICE_OFFICER),
        Officer("Piotr Wolski", "external", Role.EXTERNAL_ADVISER),
        Officer("Grace Eno", "consultant", Role.CONSULTANT),
        Officer("Helen Stead", "seconded", Role.SECONDED_HEAD),
        Officer("Martin Keel", "service", Role.SERVICE_MANAGER),
        Officer("Ioana Pop", "supporter", Role.SUPPORTER),
        Officer("Denise Farr", "team", Role.MANAGEMENT_TEAM),
    ),
    neighbourhoods=(
        "Harrow Beck",
        "Mill Race",
        "Tannery Lane",
        "Upper Dale",
        "Crossgill",
        "Whin Hill",
        "Netherby",
        "Foundry Road",
        "Kestrel Bank",
        "Priory Park",
        "Sandbeck",
        "Owlcotes",
        "Ings Lane",
        "Beech Grove",
        "Ravenscar",
        "Hollin Wood",
        "Quarry Bank",
        "Viaduct",
        "Skelbrook",
        "Thistle Hill",
        "Marsh Lane",
        "Calder View",
    ),
    seed=998,
)

SOARBRIDGE = Place(
    code="997",
    name="Soarbridge",
    service_name="Soarbridge School Improvement",
    colour="#4c2c92",
    framework="leicester-2007",
    domain="soarbridge.example",
    areas=("Central", "East", "North", "West"),
    clusters=(),
    officers=(
        Officer("Tom Ashdown", "adviser", Role.ADVISER),
        Officer("Meera Vyas", "adviser2", Role.ADVISER),
        Officer("Sandra Nkemelu", "adviser3", Role.ADVISER),
        Officer("Jo Pickard", "manager", Role.AREA_MANAGER, area="Central"),
        Officer("Daniel Orme", "manager2", Role.AREA_MANAGER, area="North"),
        Officer("Kath Rowley", "head011", Role.HEAD_OF_SERVICE, phase="0-11"),
        Officer("Vikram Seth", "head1119", Role.HEAD_OF_SERVICE, phase="11-19"),
        Officer("Ellen Prior", "chair", Role.SERVICE_DIRECTOR),
        Officer("Marcus Bell", "director", Role.DIRECTOR),
        Officer("Nadia Hussain", "policy", Role.POLICY_ADMIN),
        Officer("Will Gerrard", "policy2", Role.POLICY_ADMIN),
        Officer("Una Field", "auditor", Role.AUDITOR),
        Officer("Cllr Rita Desai", "member", Role.LEAD_MEMBER),
        Officer("Cllr Neil Oakes", "scrutiny", Role.SCRUTINY_MEMBER),
        Officer("Carys Bowen", "welfare", Role.SERVICE_OFFICER),
        Officer("Hugh Lacey", "consultant", Role.CONSULTANT),
        Officer("Jean Tully", "team", Role.MANAGEMENT_TEAM),
        Officer("Ravi Nair", "external", Role.EXTERNAL_ADVISER),
        Officer("Bridget Moss", "service", Role.SERVICE_MANAGER),
        Officer("Owen Pryce", "seconded", Role.SECONDED_HEAD),
        Officer("Selina Grant", "supporter", Role.SUPPORTER),
    ),
    neighbourhoods=(
        "Abbey Mead",
        "Bell Foundry",
        "Castle Lock",
        "Dane Hollow",
        "Elm Rise",
        "Frog Island",
        "Great Soar",
        "Humber Lane",
        "Ivanhoe",
        "Jarrom",
        "Knighton Fold",
        "Linden",
        "Medway",
        "Newfound",
        "Old Mill",
        "Pasture Lane",
        "Queensmead",
        "Rushey",
        "Saffron Way",
        "Thurcaston",
        "Uplands",
        "Wyvern",
    ),
    seed=997,
)

PLACES = (KIRKDALE, SOARBRIDGE)
