"""`python -m fundportal.sandbox --port N --dir DIR [--keys DIR] [--notify URL]`"""

import argparse
import os
import signal
from pathlib import Path
from types import FrameType

from fundportal.sandbox import APP_ID, keys
from fundportal.sandbox.server import GATEWAY_PATH, Server


def main() -> None:
    """Serve until SIGTERM or SIGINT. Prints the gateway's address once it takes connections."""
    given = _arguments()
    keys_folder = given.keys or given.dir.absolute().parent / "keys"
    keys.ensure(keys_folder)
    try:
        server = Server(
            given.host,
            given.port,
            folder=given.dir,
            keys=keys_folder,
            app_id=given.app_id,
            notify_url=given.notify,
        )
    except OSError as error:
        raise SystemExit(f"Port {given.port} of {given.host} cannot be used: {error}") from None
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, _end)
    address = f"http://{given.host}:{server.server_address[1]}"
    print(f"Payment sandbox: {address}/ (gateway {address}{GATEWAY_PATH})", flush=True)
    server.serve_forever()


def _end(number: int, frame: FrameType | None) -> None:
    """At once, also while answers are held back: whatever was answered is in the book already."""
    os._exit(0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m fundportal.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one")
    parser.add_argument("--dir", type=Path, required=True, help="where its book is kept")
    parser.add_argument("--keys", type=Path, help="where the keys are (`keys` beside DIR)")
    parser.add_argument("--notify", default="", metavar="URL", help="where the portal is told")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--app-id", default=os.environ.get("ALIPAY_APP_ID") or APP_ID)
    return parser.parse_args()


if __name__ == "__main__":
    main()
