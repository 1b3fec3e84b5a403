"""The contract that import-linter does not have built in: which modules of a room others may import."""

import grimp
from importlinter import Contract, ContractCheck, fields, output


class DoorsContract(Contract):
    """A room imports another only through the modules that are meant for others.

    `doors` are module names that any room may have (`models` admits `schools.models` and what lies inside it);
    `own_doors` are whole modules that one room alone offers; `open_rooms` may be imported anywhere. A room's tests
    and the configuration are not rooms, so they are free.
    """

    type_name = "doors"

    rooms = fields.ListField(subfield=fields.StringField())
    doors = fields.SetField(subfield=fields.StringField())
    own_doors = fields.SetField(subfield=fields.StringField())
    open_rooms = fields.SetField(subfield=fields.StringField())

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:
        rooms = set(self.rooms)
        broken = []
        for importer in sorted(graph.modules):
            room = importer.split(".")[0]
            if room not in rooms:
                continue
            for imported in sorted(graph.find_modules_directly_imported_by(importer)):
                other = imported.split(".")[0]
                if other in rooms - {room} - self.open_rooms and not self._is_door(imported):
                    details = graph.get_import_details(importer=importer, imported=imported)
                    lines = ", ".join(str(d["line_number"]) for d in details)
                    broken.append(f"{importer} imports {imported} (line {lines})")
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def _is_door(self, module: str) -> bool:
        parts = module.split(".")
        return (len(parts) > 1 and parts[1] in self.doors) or any(
            module == door or module.startswith(f"{door}.") for door in self.own_doors
        )

    def render_broken_contract(self, check: ContractCheck) -> None:
        for line in check.metadata["broken"]:
            output.print_error(line)
