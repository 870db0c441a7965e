from dataclasses import dataclass
@dataclass
class Snip: pass
