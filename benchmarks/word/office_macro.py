"""Run by the system's Python, which knows LibreOffice: opens files, accepts or rejects all changes, saves them as Word.

Reads lines `act<TAB>from<TAB>to` with act save, accept, reject or pdf; writes `ok` or what went wrong.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import uno
from com.sun.star.beans import PropertyValue

ACTS = {"accept": ".uno:AcceptAllTrackedChanges", "reject": ".uno:RejectAllTrackedChanges"}


def prop(name: str, value: object) -> PropertyValue:
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


def connect(pipe: str) -> object:
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(120):
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except Exception:
            time.sleep(0.5)
    raise SystemExit("LibreOffice does not answer")


def main() -> None:
    context = connect(sys.argv[1])
    desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    dispatcher = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.DispatchHelper", context)
    for line in sys.stdin:
        act, source, target = line.rstrip("\n").split("\t")
        try:
            document = desktop.loadComponentFromURL(Path(source).as_uri(), "_blank", 0, (prop("Hidden", True),))
            if act in ACTS:
                dispatcher.executeDispatch(document.CurrentController.Frame, ACTS[act], "", 0, ())
            kind = "writer_pdf_Export" if act == "pdf" else "MS Word 2007 XML"
            document.storeToURL(Path(target).as_uri(), (prop("FilterName", kind),))
            document.close(True)
            print("ok", flush=True)
        except Exception as error:
            print(f"{error!r}".replace("\n", " "), flush=True)


main()
