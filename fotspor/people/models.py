"""Whom it is about: person, pregnancy, guardianship, and the journey from pregnancy to school start."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from fotspor.kit.encryption import EncryptedTextField
from fotspor.kit.models import Addressed, Holds, Retention, Versioned
from fotspor.people.rules import search_key, sort_key


class PersonQuerySet(models.QuerySet):
    def kept(self):
        """Without entries that were joined into another."""
        return self.filter(merged_into=None)

    def ungraded(self):
        """Without people who are found by identity number only."""
        return self.filter(protection=Person.Protection.NONE, address_protection=Person.AddressProtection.NONE)


class Person(Addressed, Versioned):
    """A child or an adult. The identity number is encrypted and found by a keyed digest."""

    class Sex(models.TextChoices):
        FEMALE = "female", _("Girl or woman")
        MALE = "male", _("Boy or man")
        UNKNOWN = "unknown", _("Not known")

    class Protection(models.TextChoices):
        """Address protection of the person (content.md 4.6). The grade is itself confidential."""

        NONE = "none", _("None")
        CONFIDENTIAL = "confidential", _("Confidential")
        STRICT = "strict", _("Strictly confidential")

    class AddressProtection(models.TextChoices):
        NONE = "none", _("None")
        CLIENT = "client", _("Client address")
        CONFIDENTIAL = "confidential", _("Confidential")
        STRICT = "strict", _("Strictly confidential")

    holds = Holds(
        Retention.ARCHIVE,
        personal=["identity_number", "identity_index", "identity_kind", "given_name", "family_name", "search_name",
                  "sort_name", "born_on", "birth_order", "has_twin", "sex", "street", "dwelling", "postcode", "city",
                  "household", "district", "moved_from", "died_on", "phone"],
        special=["languages", "interpreter_language", "is_new_to_norwegian", "protection", "address_protection",
                 "gp_name", "merged_into"],
        technical=["id", "key", "version", "registered_at", "registered_by", "death_recorded_at", "death_recorded_by"],
    )  # fmt: skip

    identity_number = EncryptedTextField(null=True, blank=True)
    identity_index = models.CharField(max_length=64, null=True, blank=True, unique=True)
    identity_kind = models.CharField(max_length=12, blank=True)
    # Empty names: a newborn not yet named, shown as «jente, født 2. okt., mor ...».
    given_name = models.CharField(max_length=200, blank=True)
    family_name = models.CharField(max_length=200, blank=True)
    search_name = models.CharField(max_length=500, blank=True, db_index=True)
    sort_name = models.CharField(max_length=500, blank=True, db_index=True)
    born_on = models.DateField(null=True, blank=True)
    birth_order = models.PositiveSmallIntegerField(default=1)
    has_twin = models.BooleanField(default=False)  # born here together with another: told apart by the order
    sex = models.CharField(max_length=8, choices=Sex, default=Sex.UNKNOWN)
    languages = models.JSONField(default=list, blank=True)  # language codes, first is spoken at home
    interpreter_language = models.CharField(max_length=10, blank=True)
    is_new_to_norwegian = models.BooleanField(default=False)
    street = models.CharField(max_length=200, blank=True)
    dwelling = models.CharField(max_length=5, blank=True)  # which flat of the house, as H0101
    postcode = models.CharField(max_length=4, blank=True)
    city = models.CharField(max_length=100, blank=True)
    moved_from = models.CharField(max_length=60, blank=True)  # the municipality before this one: its name or number
    # Digest of the registered address: people with the same one are a household in lists.
    household = models.CharField(max_length=64, blank=True, db_index=True)
    district = models.ForeignKey("services.District", models.PROTECT, null=True, blank=True, related_name="+")
    phone = models.CharField(max_length=20, blank=True)
    gp_name = models.CharField(max_length=100, blank=True)
    protection = models.CharField(max_length=12, choices=Protection, default=Protection.NONE)
    address_protection = models.CharField(max_length=12, choices=AddressProtection, default=AddressProtection.NONE)
    died_on = models.DateField(null=True, blank=True)
    death_recorded_at = models.DateTimeField(null=True, blank=True)
    death_recorded_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, blank=True, related_name="+")
    # Indexed below for those that have one only: nearly all are empty, and a planner that knew would read them all.
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged_from", db_index=False
    )
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")

    objects = PersonQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(died_on=None) | Q(born_on=None) | Q(died_on__gte=F("born_on")),
                name="person_dies_after_birth",
            ),
            models.CheckConstraint(
                condition=Q(death_recorded_at=None) | Q(died_on__isnull=False), name="person_death_recorded_has_a_date"
            ),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="person_not_merged_into_self"),
            # A number and its digest stand or fall together, or the person could not be found again.
            models.CheckConstraint(
                condition=Q(identity_number=None, identity_index=None)
                | Q(identity_number__isnull=False, identity_index__isnull=False),
                name="person_number_has_its_index",
            ),
            models.CheckConstraint(
                condition=Q(protection="none", address_protection="none")
                | Q(street="", dwelling="", postcode="", city="", household="", moved_from=""),
                name="person_graded_has_no_address",
            ),
        ]
        indexes = [
            models.Index(fields=["born_on"], name="person_by_birth"),
            models.Index(fields=["protection"], name="person_by_protection"),
            models.Index(fields=["merged_into"], name="person_by_kept", condition=Q(merged_into__isnull=False)),
        ]

    @property
    def is_graded(self):
        """Found by identity number only, without address anywhere."""
        return self.protection != self.Protection.NONE or self.address_protection != self.AddressProtection.NONE

    @property
    def may_be_taken_in(self):
        """By number alone: not the strictly protected, whom only named staff see, nor the dead."""
        return self.protection != self.Protection.STRICT and self.died_on is None

    @property
    def name(self):
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def in_log(self):
        """Under which name the log speaks of this entry."""
        return f"people.person:{self.key}"

    def be_found_as(self, given_name, family_name):
        """Set the keys of search and order, unsaved. A newborn without a name stands under its mother's."""
        self.search_name = search_key(given_name, family_name)
        self.sort_name = sort_key(given_name, family_name)

    def __str__(self):
        return self.key


class GuardianshipQuerySet(models.QuerySet):
    def in_force(self, on):
        return self.filter(from_on__lte=on).lasting(on)

    def lasting(self, on):
        """Those that have not ended by then: without an end, or with one that is still to come."""
        return self.filter(Q(until_on=None) | Q(until_on__gt=on))

    def naming(self):
        """Which mothers is a child called by? Today is the database's, which none who left by adoption may wait for."""
        lasts = Q(until_on__gt=Now()) & ~Q(child__journey__is_sealed=True)
        return self.filter(Q(until_on=None) | lasts, kind=Guardianship.Kind.MOTHER).select_related("guardian")

    def begin(self, *, by_id, at, **values):
        return self.create(recorded_by_id=by_id, recorded_at=at, **values)


class Guardianship(Addressed):
    """Who is a parent or guardian of a child, and who has parental responsibility, in a period."""

    class Kind(models.TextChoices):
        MOTHER = "mother", _("Mother")
        FATHER = "father", _("Father")
        CO_MOTHER = "co_mother", _("Co-mother")
        OTHER = "other", _("Other guardian")

    class Custody(models.TextChoices):
        """Parental responsibility as the register codes it: felles, mor, far, medmor, andre, ukjent."""

        JOINT = "joint", _("Both have parental responsibility")
        MOTHER = "mother", _("The mother has parental responsibility")
        FATHER = "father", _("The father has parental responsibility")
        CO_MOTHER = "co_mother", _("The co-mother has parental responsibility")
        OTHERS = "others", _("Others have parental responsibility")
        UNKNOWN = "unknown", _("Parental responsibility is not known")

    holds = Holds(
        Retention.ARCHIVE,
        special=["child", "guardian", "kind", "custody", "from_on", "until_on"],
        technical=["id", "key", "recorded_at", "recorded_by"],
    )

    child = models.ForeignKey(Person, models.PROTECT, related_name="guardianships")
    guardian = models.ForeignKey(Person, models.PROTECT, related_name="wards")
    kind = models.CharField(max_length=10, choices=Kind)
    custody = models.CharField(max_length=10, choices=Custody, default=Custody.UNKNOWN)
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")

    objects = GuardianshipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(child=F("guardian")), name="guardian_is_another"),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")), name="guardianship_period_is_forward"
            ),
            models.UniqueConstraint("child", "guardian", condition=Q(until_on=None), name="guardianship_one_open"),
        ]


class Pregnancy(Addressed, Versioned):
    """One pregnancy, single or with several foetuses."""

    class DueSource(models.TextChoices):
        ULTRASOUND = "ultrasound", _("Ultrasound")
        LAST_PERIOD = "last_period", _("Last menstrual period")
        ASSISTED = "assisted", _("Assisted fertilisation")

    class Outcome(models.TextChoices):
        ONGOING = "ongoing", _("Ongoing")
        BORN = "born", _("Born")
        LOSS = "loss", _("Ended in loss")
        STILLBIRTH = "stillbirth", _("Stillbirth")
        MOVED = "moved", _("Moved before birth")

    holds = Holds(
        Retention.ARCHIVE,
        special=["mother", "due_on", "due_source", "outcome", "ended_on", "is_first", "other_parent"],
        technical=["id", "key", "version", "registered_at", "registered_by"],
    )

    mother = models.ForeignKey(Person, models.PROTECT, related_name="pregnancies")
    other_parent = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    due_on = models.DateField()
    due_source = models.CharField(max_length=12, choices=DueSource)
    is_first = models.BooleanField(null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome, default=Outcome.ONGOING)
    ended_on = models.DateField(null=True, blank=True)
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint("mother", condition=Q(outcome="ongoing"), name="pregnancy_one_ongoing"),
            models.CheckConstraint(
                condition=Q(outcome="ongoing", ended_on=None) | (~Q(outcome="ongoing") & Q(ended_on__isnull=False)),
                name="pregnancy_ended_has_a_date",
            ),
        ]


class JourneyQuerySet(models.QuerySet):
    def open(self):
        return self.filter(closed_on=None)

    def begin(self, *, by_id, at, **values):
        return self.create(opened_by_id=by_id, opened_at=at, **values)


class Journey(Addressed):
    """One child's way through the services, from pregnancy on. Birth continues it; twins split it."""

    class CloseReason(models.TextChoices):
        LOSS = "loss", _("The pregnancy ended")
        DIED = "died", _("Died")
        MOVED = "moved", _("Moved out of the municipality")
        SCHOOL = "school", _("Taken over by the school health service")
        MERGED = "merged", _("Joined with another")
        MISTAKE = "mistake", _("Opened by mistake")

    holds = Holds(
        Retention.ARCHIVE,
        special=["pregnancy", "child", "split_from", "opened_on", "closed_on", "close_reason", "is_sealed"],
        technical=["id", "key", "opened_at", "opened_by", "closed_at", "closed_by"],
    )

    # Sealed by adoption: the link to the pregnancy is kept, and shown to nobody.
    pregnancy = models.ForeignKey(Pregnancy, models.PROTECT, null=True, blank=True, related_name="journeys")
    child = models.OneToOneField(Person, models.PROTECT, null=True, blank=True, related_name="journey")
    split_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="split_into")
    is_sealed = models.BooleanField(default=False)
    opened_on = models.DateField()
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")
    closed_on = models.DateField(null=True, blank=True)
    close_reason = models.CharField(max_length=10, choices=CloseReason, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, blank=True, related_name="+")

    objects = JourneyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(pregnancy__isnull=False) | Q(child__isnull=False), name="journey_is_about_someone"
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None, close_reason="") | (Q(closed_on__isnull=False) & ~Q(close_reason="")),
                name="journey_closed_has_a_reason",
            ),
        ]

    @property
    def in_log(self):
        """Under which name the log speaks of this journey."""
        return f"people.journey:{self.key}"

    def close(self, *, reason, on, by_id, at):
        self.closed_on, self.close_reason, self.closed_at, self.closed_by_id = on, reason, at, by_id
        self.save(update_fields=["closed_on", "close_reason", "closed_at", "closed_by"])

    def reopen(self):
        """Taken up again; the log keeps that it was closed."""
        self.close(reason="", on=None, by_id=None, at=None)

    @property
    def subject(self):
        """The person whose record this is: the child, or before birth the mother."""
        return self.child if self.child_id else self.pregnancy.mother


class Departure(models.Model):
    """Where somebody lived until a move out, while they are away: one that was a mistake is taken back to it."""

    holds = Holds(
        Retention.ARCHIVE,
        personal=["person", "moved_on", "street", "dwelling", "postcode", "city", "moved_from", "district"],
        technical=["id", "recorded_at", "recorded_by"],
    )

    person = models.OneToOneField(Person, models.PROTECT, related_name="departure")
    moved_on = models.DateField()
    street = models.CharField(max_length=200, blank=True)  # of a graded person only the district, as everywhere
    dwelling = models.CharField(max_length=5, blank=True)
    postcode = models.CharField(max_length=4, blank=True)
    city = models.CharField(max_length=100, blank=True)
    moved_from = models.CharField(max_length=60, blank=True)
    district = models.ForeignKey("services.District", models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")


class CorrectionQuerySet(models.QuerySet):
    def keep(self, *, by_id, at, **values):
        return self.create(recorded_by_id=by_id, recorded_at=at, **values)


class Correction(models.Model):
    """Something recorded was wrong: what it was, what it became, and why. The old value is never edited away."""

    class What(models.TextChoices):
        BORN_ON = "born_on", _("Birth date")
        DUE_ON = "due_on", _("Due date")
        MERGED = "merged", _("Two entries joined")
        ADOPTED = "adopted", _("Adoption")
        MISTAKE = "mistake", _("Opened by mistake")
        DIED_ON = "died_on", _("Date of death")
        MOVED_ON = "moved_on", _("Move out of the municipality")
        LOST = "lost", _("The end of the pregnancy, recorded by mistake")

    holds = Holds(
        Retention.ARCHIVE,
        special=["person", "journey", "what", "before", "after", "reason"],
        technical=["id", "recorded_at", "recorded_by"],
    )

    person = models.ForeignKey(Person, models.PROTECT, related_name="corrections")
    journey = models.ForeignKey(Journey, models.PROTECT, null=True, related_name="corrections")
    what = models.CharField(max_length=10, choices=What)
    before = models.CharField(max_length=40, blank=True)
    after = models.CharField(max_length=40, blank=True)
    reason = EncryptedTextField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("services.Staff", models.PROTECT, null=True, related_name="+")

    objects = CorrectionQuerySet.as_manager()
