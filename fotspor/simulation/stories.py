"""Scripted families: some to be met in the demo, some planted as slips: something left out, or done too late."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One scripted family. Days are counted from the day of the build; a born child has a negative `due_in`."""

    name: str
    due_in: int
    district: int = 0
    slip: str = ""  # what is left out or delayed; see `slips.SLIPS`
    mother: str = ""
    child: str = ""
    named: str = ""
    moved_in_days: int = 0  # so many days ago
    is_pilot: bool = False  # followed from the first weeks, before the others: a long trail to look at
    is_in_tiny: bool = False
    other: str = ""  # the other parent
    other_lives_in: int | None = None  # another district than the mother's
    adopters: tuple[str, ...] = ()


STORIES = (
    # --- to be met ---
    Story(name="safety_today", due_in=-43, mother="Varm Lyng", child="Lita", is_in_tiny=True),
    Story(name="result", due_in=-152, mother="Munter Rogn", child="Modig", named="arabic"),
    Story(name="newborn", due_in=-5, mother="Stille Selje", child="Rask", is_in_tiny=True),
    Story(name="moved_in", due_in=-1500, mother="Ro Hassel", child="Glad", moved_in_days=1, is_in_tiny=True),
    Story(name="today", due_in=-92, mother="Fin Osp", child="Blid"),
    Story(name="two_years", due_in=-745, mother="Trygg Furu", child="Syntetisk", is_pilot=True),
    Story(name="before_birth", due_in=12, mother="Lun Einer", is_in_tiny=True),
    Story(name="today", due_in=-310, mother="Mild Vier", child="Kvikk"),
    Story(name="group", due_in=-29, mother="Lys Bjørk", child="Snill"),
    Story(name="group", due_in=-30, mother="Myk Mose", child="Sterk"),
    Story(name="twins", due_in=-70, district=1, mother="Dobbel Lønn", child="Tom", is_in_tiny=True),
    Story(name="loss", due_in=130, district=1, mother="Øm Bregne"),
    Story(name="stillbirth", due_in=6, district=2, mother="Nær Alm"),
    Story(name="death", due_in=-400, district=3, mother="Tapper Eik", child="Kjær"),
    Story(name="moved_out", due_in=-500, district=1, mother="Frisk Barlind", child="Reisende"),
    Story(name="unnamed", due_in=-7, mother="Trett Gran"),  # born before the build, whatever holidays lie between
    Story(name="minor", due_in=70, mother="Ung Pil"),
    Story(name="confidential", due_in=-120, district=3, mother="Skjult Tindved", child="Varsom"),
    Story(name="strict", due_in=-200, district=1, mother="Gjemt Kornell", child="Stille"),
    Story(name="co_mother", due_in=-250, district=1, mother="Glad Hegg", child="Sprelsk"),
    Story(name="sami", due_in=-160, district=2, named="sami"),
    Story(name="declined", due_in=-600, district=3, mother="Bestemt Or", child="Rolig"),
    Story(name="to_school", due_in=-2150, mother="Stolt Lind", child="Skoleklar"),
    # --- planted slips ---
    Story(name="slip", due_in=-22, slip="home_visit", mother="Glemt Rogn", child="Ny", is_in_tiny=True),
    Story(name="slip", due_in=-55, district=1, slip="safety", mother="Alene Ask", child="Spe", is_in_tiny=True),
    Story(name="slip", due_in=-75, district=1, slip="support", mother="Ventende Syrin", child="Lett"),
    Story(name="slip", due_in=-78, slip="letter", mother="Usendt Bøk", child="Vâr"),
    Story(name="slip", due_in=-16, district=3, slip="handover", mother="Uhørt Molte", child="Spire", is_in_tiny=True),
    Story(name="slip", due_in=-330, district=1, slip="no_show", mother="Borte Krekling", child="Savnet"),
    Story(name="slip", due_in=-1630, district=2, slip="four_years", mother="Uteglemt Nype", child="Fire"),
    Story(
        name="slip", due_in=-900, district=3, slip="unconfirmed", mother="Flyttet Asal", child="Ukjent", moved_in_days=9
    ),
    Story(name="slip", due_in=-700, slip="unheld", mother="Grensa Svartor", child="Mellom", moved_in_days=6),
    Story(name="slip", due_in=-24, district=1, slip="no_number", mother="Uten Marikåpe", is_in_tiny=True),
    Story(name="slip", due_in=-270, district=3, slip="stop", mother="Henvist Åkerbær", child="Venter"),
    Story(name="slip", due_in=95, slip="antenatal", district=1, mother="Utelatt Blåveis"),
    Story(name="slip", due_in=-55, slip="safety", district=2, mother="Usett Ærenpris", child="Bitte"),
    Story(name="slip", due_in=-21, slip="home_visit", district=3, mother="Oversett Østersurt", child="Liten"),
)

# Thought up later. They have their own numbers, streets and chance, so that everybody else stayed who they were.
MORE_STORIES = (
    Story(
        name="adopted",
        due_in=-200,
        district=1,
        mother="Taus Older",
        child="Ønsket",
        adopters=("Lykkelig Røsslyng", "Takknemlig Røsslyng"),
    ),
    Story(name="handover_declined", due_in=60, mother="Usikker Hassel"),
    Story(name="handover_to_leader", due_in=-4, mother="Travel Bregne", child="Tålmodig"),
    Story(name="handover_withdrawn", due_in=45, mother="Ombestemt Kornell"),
    Story(name="handover_superseded", due_in=-2140, mother="Rastløs Nype", child="Skolestolt"),
    Story(name="other_parents_form", due_in=-46, mother="Hel Barlind", child="Nynnende", other="Sliten Asal"),
    Story(name="own_child", due_in=-450, mother="Mild Eng", child="Munter"),  # a nurse of the same district
    Story(
        name="living_apart",
        due_in=-130,
        mother="Delt Tindved",
        child="Begges",
        other="Annen Alm",
        other_lives_in=2,
    ),
)
