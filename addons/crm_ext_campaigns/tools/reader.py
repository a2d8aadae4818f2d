"""Was a mail opened, or a link followed, by a person or by a machine?"""

import re
from datetime import datetime, timedelta

# filters fetch pictures and follow links on arrival, before anybody can have read
TOO_SOON = timedelta(seconds=10)
MACHINES = re.compile(
    r"bot\b|crawl|spider|slurp|preview|scan|proofpoint|mimecast|barracuda|ironport"
    r"|fireeye|messagelabs|safelinks|urldefense|headless|python|curl|wget|okhttp"
    r"|java/|go-http|yahoomailproxy|ggpht|googleimageproxy|feedfetcher|monitor",
    re.IGNORECASE,
)
# Apple's Mail Privacy Protection fetches every picture, and says no more than this
BARE = re.compile(r"^mozilla/\d\.\d\s*$", re.IGNORECASE)


def is_human(agent: str, sent_at: datetime | None, now: datetime) -> bool:
    """Return whether whoever asks may be the reader: known agent, not at once."""
    if not agent or BARE.match(agent) or MACHINES.search(agent):
        return False
    return sent_at is None or now - sent_at >= TOO_SOON
