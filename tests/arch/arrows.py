"""Who includes whom: the real includes, the USES of the CMake lists and the table of
docs/architecture.md say the same, and there are no circles."""

from tree import MODULE_FOLDERS, SDK_FOLDER

# The program's main() is the one file outside of all modules: it may include any of them.
PROGRAMS = {"cli/main.cpp"}


def check_table(tree):
    """USES states nothing that the table does not allow, and the table speaks of nothing else."""
    for name in tree.table:
        if name not in tree.modules:
            yield f"docs/architecture.md: has a row for {name}, which does not exist"
    for module in tree.modules.values():
        if module.declared_in.split("/")[0] not in MODULE_FOLDERS:
            continue
        row = tree.table.get(module.name)
        if row is None:
            yield f"{module.declared_in}: docs/architecture.md has no row for {module.name}"
            continue
        for used in module.uses:
            if used not in row.uses:
                yield f"{module.declared_in}: {module.name} may not use {used}"


def check_includes(tree):
    """A module includes what it USES, all of it, and nothing else; each file is in a module."""
    included = {name: set() for name in tree.modules}
    for path in tree.module_files:
        owner = tree.module_of.get(path)
        if owner is None:
            if path not in PROGRAMS:
                yield f"{path}: in no swarm_module()"
            continue
        for include in tree.includes(path):
            target = tree.resolve(include)
            used = tree.module_of.get(target)
            if target is None or used == owner:
                continue
            if used is None:
                yield f"{path}:{include.line}: {include.name} is in no module"
                continue
            included[owner].add(used)
            if used not in tree.modules[owner].uses:
                yield f"{path}:{include.line}: {owner} does not state that it USES {used}"
    for module in tree.modules.values():
        for used in module.uses:
            if used not in tree.modules:
                yield f"{module.declared_in}: {module.name} USES {used}, which does not exist"
            elif used not in included[module.name]:
                yield f"{module.declared_in}: {module.name} USES {used}, but includes nothing of it"


def check_sdk(tree):
    """What users compile against is complete in itself: it includes the SDK and the standard
    library, and examples include nothing but it."""
    for path in tree.files:
        if not path.endswith((".h", ".cpp")):
            continue
        if not path.startswith((SDK_FOLDER + "/", "examples/")):
            continue
        for include in tree.includes(path):
            target = tree.resolve(include)
            if target and not target.startswith((SDK_FOLDER + "/", "examples/")):
                yield f"{path}:{include.line}: {include.name} is not part of the SDK"


def check_cycles(tree):
    """No circle of modules and no circle of headers."""
    modules, headers = {}, {}
    for path in tree.module_files:
        owner = tree.module_of.get(path)
        for include in tree.includes(path):
            target = tree.resolve(include)
            if target is None:
                continue
            if path.endswith(".h"):
                headers.setdefault(path, set()).add(target)
            used = tree.module_of.get(target)
            if owner and used and used != owner:
                modules.setdefault(owner, set()).add(used)
    for kind, graph in (("modules", modules), ("headers", headers)):
        if circle := find_cycle(graph):
            yield f"{kind} include each other: {' -> '.join(circle)}"


def find_cycle(graph):
    """One circle of a directed graph as a path that ends where it begins, or None."""
    done = set()
    for start in sorted(graph):
        path, on_path = [], set()
        stack = [(start, iter(sorted(graph.get(start, ()))))]
        path.append(start)
        on_path.add(start)
        while stack:
            node, rest = stack[-1]
            for following in rest:
                if following in on_path:
                    return path[path.index(following):] + [following]
                if following not in done:
                    path.append(following)
                    on_path.add(following)
                    stack.append((following, iter(sorted(graph.get(following, ())))))
                    break
            else:
                stack.pop()
                done.add(node)
                path.pop()
                on_path.discard(node)
    return None


CHECKS = (check_table, check_includes, check_sdk, check_cycles)
