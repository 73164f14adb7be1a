"""Who does it: municipality, districts, units, staff, and who works where in which role."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from fotspor.access.rules import ROLES
from fotspor.kit.models import Addressed, Holds, Retention, Versioned
from fotspor.services import labels


class Municipality(Addressed, Versioned):
    """The one municipality that this installation serves."""

    holds = Holds(
        Retention.ORGANISATION,
        organisational=["name", "number", "organisation_number", "phone", "only_one"],
        technical=["id", "key", "version"],
    )

    name = models.CharField(max_length=100)
    number = models.CharField(max_length=4)
    organisation_number = models.CharField(max_length=9, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    only_one = models.BooleanField(default=True, unique=True, editable=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(only_one=True), name="municipality_only_one")]

    def __str__(self):
        return self.name


class District(Addressed, Versioned):
    """A part of the municipality (bydel). A municipality without districts has one."""

    holds = Holds(Retention.ORGANISATION, organisational=["code", "name"], technical=["id", "key", "version"])

    code = models.CharField(max_length=6, unique=True)
    name = models.CharField(max_length=100)

    class Meta:
        ordering = ["code"]

    def __str__(self):
        return self.name


class UnitQuerySet(models.QuerySet):
    def in_force(self, on):
        return self.filter(from_on__lte=on).filter(Q(until_on=None) | Q(until_on__gt=on))


class Unit(Addressed, Versioned):
    """A place that can hold tasks. Only units that sign in can hold a baton; the others are stops on the trail."""

    class Kind(models.TextChoices):
        MIDWIFERY = "midwifery", _("Midwife service")
        HEALTH_STATION = "health_station", _("Health centre")
        SCHOOL_HEALTH = "school_health", _("School health service")
        KINDERGARTEN = "kindergarten", _("Kindergarten")
        SCHOOL = "school", _("School")
        FAMILY_SERVICE = "family_service", _("Family service")
        CHILD_PROTECTION = "child_protection", _("Child protection")
        ADULT_SERVICE = "adult_service", _("Adult services")
        ADMINISTRATION = "administration", _("Administration")
        MATERNITY_WARD = "maternity_ward", _("Maternity ward")
        GENERAL_PRACTICE = "general_practice", _("General practice")
        OUTSIDE = "outside", _("Another municipality")

    class Sector(models.TextChoices):
        HEALTH = "health", _("Health")
        EDUCATION = "education", _("Education")
        FAMILY = "family", _("Family service")
        PROTECTION = "protection", _("Child protection")
        ADULT = "adult", _("Adult services")
        SPECIALIST = "specialist", _("Specialist services")
        ADMINISTRATION = "administration", _("Administration")

    class Arena(models.TextChoices):
        PREGNANCY = "pregnancy", _("Midwife")
        BIRTH = "birth", _("Birth and maternity")
        HEALTH_STATION = "health_station", _("Health centre")
        KINDERGARTEN = "kindergarten", _("Kindergarten")
        SCHOOL = "school", _("School")
        OTHER = "other", _("Other")

    holds = Holds(
        Retention.ORGANISATION,
        organisational=[
            "name",
            "kind",
            "sector",
            "arena",
            "district",
            "signs_in",
            "opens_at_time",
            "closes_at_time",
            "out_of_hours",
            "phone",
            "from_on",
            "until_on",
        ],
        technical=["id", "key", "version"],
    )

    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=20, choices=Kind)
    sector = models.CharField(max_length=20, choices=Sector)
    arena = models.CharField(max_length=20, choices=Arena)
    district = models.ForeignKey(District, models.PROTECT, null=True, blank=True, related_name="units")
    serves = models.ManyToManyField(District, related_name="served_by", blank=True)
    signs_in = models.BooleanField(default=True)
    opens_at_time = models.TimeField(default="08:00")
    closes_at_time = models.TimeField(default="15:30")
    out_of_hours = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gt=F("from_on")), name="unit_period_is_forward"
            ),
            models.CheckConstraint(
                condition=Q(closes_at_time__gt=F("opens_at_time")), name="unit_closes_after_it_opens"
            ),
        ]

    def __str__(self):
        return self.name


class StaffManager(BaseUserManager):
    def get_by_natural_key(self, username):
        return self.get(email__iexact=username)


class Staff(AbstractBaseUser, Addressed, Versioned):
    """An employee who may sign in. Parents are never here."""

    class Scheme(models.TextChoices):
        LIGHT = "light", _("Light")
        AUTO = "auto", _("As the device says")

    holds = Holds(
        Retention.STAFF,
        personal=["email", "given_name", "family_name", "identity_index", "last_login", "left_on"],
        organisational=["title", "language", "scheme", "hides_details", "uses_shortcuts", "is_active"],
        technical=["id", "key", "version", "password"],
    )

    email = models.EmailField(unique=True)
    given_name = models.CharField(max_length=100)
    family_name = models.CharField(max_length=100)
    title = models.CharField(max_length=100, blank=True)
    # Digest of the employee's own identity number: nobody opens their own or their own family's record.
    identity_index = models.CharField(max_length=64, blank=True, db_index=True)
    language = models.CharField(max_length=2, blank=True)
    scheme = models.CharField(max_length=5, choices=Scheme, default=Scheme.LIGHT)
    hides_details = models.BooleanField(default=False)
    uses_shortcuts = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    left_on = models.DateField(null=True, blank=True)

    objects = StaffManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["given_name", "family_name"]

    class Meta:
        ordering = ["family_name", "given_name"]
        constraints = [
            # Sign-in looks for the address in lower case.
            models.CheckConstraint(condition=Q(email=Lower("email")), name="staff_email_is_lower_case")
        ]

    @property
    def name(self):
        return f"{self.given_name} {self.family_name}"

    @property
    def initials(self):
        return (self.given_name[:1] + self.family_name[:1]).upper()

    def __str__(self):
        return self.name


class MembershipQuerySet(models.QuerySet):
    def in_force(self, on):
        return self.filter(from_on__lte=on).filter(Q(until_on=None) | Q(until_on__gt=on))

    def counting(self, on):
        """Posts that open doors that day: the post, its unit and its holder are all in force."""
        return self.in_force(on).filter(
            Q(unit__until_on=None) | Q(unit__until_on__gt=on), unit__from_on__lte=on, staff__is_active=True
        )


class Membership(Addressed):
    """A post: one person, one unit, one role, one period. Those with several choose one in the rail."""

    holds = Holds(
        Retention.STAFF,
        organisational=["staff", "unit", "role", "from_on", "until_on", "given_on", "given_by"],
        technical=["id", "key"],
    )

    staff = models.ForeignKey(Staff, models.CASCADE, related_name="memberships")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=30, choices=[(key, key) for key in ROLES])
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    given_on = models.DateField(null=True, blank=True)  # empty for posts older than the column
    given_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")  # empty: a command

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["from_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")), name="membership_period_is_forward"
            ),
            models.UniqueConstraint(
                "staff", "unit", "role", condition=Q(until_on=None), name="membership_one_open_post"
            ),
        ]

    @property
    def role_name(self):
        return labels.role_name(self.role)


class AbsenceQuerySet(models.QuerySet):
    def in_force(self, on):
        return self.filter(from_on__lte=on, until_on__gt=on)

    def sharing_a_day_with(self, from_on, until_on):
        return self.filter(from_on__lt=until_on, until_on__gt=from_on)


class Absence(Addressed):
    """Somebody is away, and who answers meanwhile. Why is nobody's business here, so it is not asked."""

    holds = Holds(
        Retention.STAFF,
        organisational=["staff", "substitute", "from_on", "until_on", "recorded_at", "recorded_by"],
        technical=["id", "key"],
    )

    staff = models.ForeignKey(Staff, models.CASCADE, related_name="absences")
    substitute = models.ForeignKey(Staff, models.PROTECT, related_name="substitutes_for")
    from_on = models.DateField()
    until_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")  # empty: a command

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        ordering = ["from_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(until_on__gt=F("from_on")), name="absence_period_is_forward"),
            models.CheckConstraint(condition=~Q(staff=F("substitute")), name="absence_substitute_is_another"),
        ]


class Invitation(Addressed):
    """A one-time link to choose a password: for a new colleague, or after a reset whose identity check is stated."""

    holds = Holds(
        Retention.STAFF,
        organisational=["staff", "identity_checked_how", "sent_at", "sent_by", "used_at", "used_by"],
        technical=["id", "key", "token_digest", "expires_on"],
    )

    staff = models.ForeignKey(Staff, models.CASCADE, related_name="invitations")
    token_digest = models.CharField(max_length=64, unique=True)
    identity_checked_how = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")  # empty: a command
    expires_on = models.DateField()
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(used_at=None, used_by=None) | Q(used_at__isnull=False, used_by__isnull=False),
                name="invitation_used_is_a_pair",
            )
        ]


class Session(AbstractBaseSession):
    """One browser that somebody is signed in with, or that has been at the door."""

    holds = Holds(Retention.TRANSIENT, technical=["session_key", "session_data", "expire_date", "staff"])

    staff = models.ForeignKey(Staff, models.CASCADE, null=True, related_name="sessions")  # empty: nobody is signed in

    class Meta(AbstractBaseSession.Meta):
        pass

    @classmethod
    def get_session_store_class(cls):
        from fotspor.services.session_store import SessionStore

        return SessionStore


class SetupCode(models.Model):
    """A one-time code, printed on the server, that lets whoever holds it make the first administrator."""

    holds = Holds(
        Retention.ORGANISATION,
        organisational=["made_at", "made_by", "used_at", "used_by"],
        technical=["id", "digest", "wrong_tries", "is_void"],
    )

    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")  # empty: a command
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    is_void = models.BooleanField(default=False)  # a newer one was made, or there were too many wrong tries
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(used_at=None, used_by=None) | Q(used_at__isnull=False, used_by__isnull=False),
                name="setup_code_used_is_a_pair",
            ),
            models.UniqueConstraint(
                fields=["is_void"], condition=Q(is_void=False, used_at=None), name="setup_code_one_open"
            ),
        ]
