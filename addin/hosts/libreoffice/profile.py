"""What an office keeps in its profile: macro modules, menu and toolbar, the pipe it listens on. Changed by its own interfaces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from addin.hosts.libreoffice import uno_bridge
from addin.hosts.libreoffice.basic import LIBRARY
from addin.hosts.libreoffice.office import CALC, Office

MENU = "org.promoplanner.menu"
TOOLBAR = "org.promoplanner.toolbar"
_MENUS = "/org.openoffice.Office.Addons/AddonUI/OfficeMenuBar"
_TOOLBARS = "/org.openoffice.Office.Addons/AddonUI/OfficeToolBar"
# how the windows of a spreadsheet show their toolbars
_STATES = "/org.openoffice.Office.UI.CalcWindowState/UIElements/States"
_STATE_OF_OURS = f"private:resource/toolbar/addon_{TOOLBAR}"
_BELOW_THE_OTHERS = "0,3"
_START = "/org.openoffice.Setup/Office"
_LISTENS = "ooSetupConnectionURL"
_SEPARATOR = "private:separator"


class Entry(NamedTuple):
    """One line of a menu: what it is called and what it runs; a separator has neither."""

    label: str = ""
    url: str = _SEPARATOR


def macro(module: str, name: str) -> str:
    """Return the address of a macro of ours."""
    return f"vnd.sun.star.script:{LIBRARY}.{module}.{name}?language=Basic&location=application"


def put_modules(office: Office, modules: Mapping[str, str]) -> None:
    """Write macro modules into the user's own library, where cells find their functions."""
    libraries = office.service("script.ApplicationScriptLibraryContainer")
    library = libraries.getByName(LIBRARY)
    for name, text in modules.items():
        if not library.hasByName(name):
            library.insertByName(name, text)
        elif library.getByName(name) != text:
            library.replaceByName(name, text)
    libraries.storeLibraries()


def take_modules(office: Office, names: Sequence[str]) -> None:
    """Remove macro modules; what else stands in the library stays."""
    libraries = office.service("script.ApplicationScriptLibraryContainer")
    library = libraries.getByName(LIBRARY)
    for name in names:
        if library.hasByName(name):
            library.removeByName(name)
    libraries.storeLibraries()


def put_menu(office: Office, title: str, groups: Sequence[tuple[str, Sequence[Entry]]]) -> None:
    """Add a menu with one submenu per group, and a toolbar with all of it, to every spreadsheet window."""
    menus = _change(office, _MENUS)
    menu = _renewed(menus, MENU)
    menu.Title, menu.Context = title, CALC
    for at, (label, entries) in enumerate(groups):
        below = _added(menu.Submenu, f"g{at:02d}")
        below.Title, below.Context = label, CALC
        for place, entry in enumerate(entries):
            _entry(_added(below.Submenu, f"e{place:02d}"), entry)
    menus.commitChanges()
    bars = _change(office, _TOOLBARS)
    bar = _renewed(bars, TOOLBAR)
    apart = [entry for _, entries in groups for entry in (Entry(), *entries)][1:]
    for place, entry in enumerate(apart):
        _entry(_added(bar, f"e{place:02d}"), entry)
    bars.commitChanges()
    states = _change(office, _STATES)
    state = _renewed(states, _STATE_OF_OURS)
    state.UIName, state.Visible, state.Docked, state.DockPos = title, True, True, _BELOW_THE_OTHERS
    states.commitChanges()


def take_menu(office: Office) -> None:
    """Remove the menu and the toolbar."""
    for where, name in ((_MENUS, MENU), (_TOOLBARS, TOOLBAR), (_STATES, _STATE_OF_OURS)):
        every = _change(office, where)
        if every.hasByName(name):
            every.removeByName(name)
            every.commitChanges()


def listens_on(office: Office) -> str | None:
    """Return what the office waits for connections on when it starts, as it is written down; None for nothing."""
    found = _change(office, _START).getByName(_LISTENS)
    return str(found) if found else None


def listen_on(office: Office, pipe: str | None) -> None:
    """Let the office wait for our process on a pipe whenever it starts; None: no longer."""
    start = _change(office, _START)
    start.replaceByName(_LISTENS, connection(pipe) if pipe else "")
    start.commitChanges()


def connection(pipe: str) -> str:
    """Return how an office writes down that it listens on a pipe."""
    return f"pipe,name={pipe};urp;"


def _entry(node: Any, entry: Entry) -> None:
    node.URL = entry.url
    if entry.label:
        node.Title, node.Target, node.Context = entry.label, "_self", CALC


def _change(office: Office, path: str) -> Any:
    where = uno_bridge.properties(nodepath=path)
    provider = office.service("configuration.ConfigurationProvider")
    return provider.createInstanceWithArguments("com.sun.star.configuration.ConfigurationUpdateAccess", where)


def _renewed(every: Any, name: str) -> Any:
    if every.hasByName(name):
        every.removeByName(name)
    return _added(every, name)


def _added(every: Any, name: str) -> Any:
    every.insertByName(name, every.createInstance())
    return every.getByName(name)
