from datetime import date, timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.db import IntegrityError, transaction

from fotspor.access.rules import SYSTEM
from fotspor.kit.encryption import blind_index
from fotspor.kit.errors import Stale
from fotspor.kit.facts import Kind
from fotspor.kit.identifiers import example
from fotspor.kit.numbers import BadNumber
from fotspor.services import actions, queries, rules
from fotspor.services.models import Invitation, Staff
from fotspor.services.tests import builders
from fotspor.services.tests.builders import AT, PASSWORD, TODAY, events, make_post, viewer_of

TOMORROW, WEEK = TODAY + timedelta(days=1), TODAY + timedelta(days=7)
LATER = AT + timedelta(days=8)
NUMBER, REAL = example(date(1984, 2, 3)), "02013299997"  # the other is no synthetic one: production alone may hold it


def details(unit, **more):
    values = {**queries.unit_values(unit), **more}
    return queries.details_from(values)


# --- staff


def newcomer(**more):
    values = {"email": "Ny.Her@Example.org", "given_name": "Ny", "family_name": "Her", "identity_number": NUMBER}
    return rules.Newcomer(**values | more)


def test_an_invitation_makes_person_post_and_link(town, admin):
    invitation, token = actions.invite_staff(who=newcomer(), unit=town.station, role="nurse", by=admin, at=AT)
    staff = invitation.staff
    assert staff.email == "ny.her@example.org"
    assert not staff.has_usable_password()
    assert queries.posts_of(staff=staff, on=TODAY)[0].role == "nurse"
    assert token not in Invitation.objects.filter(pk=invitation.pk).values().get().values()
    assert invitation.expires_on == WEEK
    assert events("services.staff.invited")[0].staff == town.administrator.key


def test_an_invitation_that_cannot_be_leaves_nothing(town, admin):
    with pytest.raises(actions.RoleDoesNotFit):
        actions.invite_staff(who=newcomer(), unit=town.barnehage, role="nurse", by=admin, at=AT)
    assert not Staff.objects.filter(family_name="Her").exists()
    assert not events("services.staff.registered")[7:]


def test_one_address_one_person(town, admin):
    with pytest.raises(actions.EmailTaken):
        actions.register_staff(who=newcomer(email="ROLIG.DAL@example.org"), by=admin, at=AT)
    with pytest.raises(actions.EmailTaken):
        actions.change_staff(
            staff=town.nurse, version=1, who=newcomer(email="stille.vann@example.org"), by=admin, at=AT
        )


def test_the_database_keeps_addresses_in_lower_case(town):
    with pytest.raises(IntegrityError), transaction.atomic():
        Staff.objects.filter(pk=town.nurse.pk).update(email="Rolig@Example.org")


def test_an_identity_number_is_kept_as_a_digest(town, admin):
    staff = actions.register_staff(who=newcomer(identity_number=f"{NUMBER[:6]} {NUMBER[6:]}"), by=admin, at=AT)
    assert staff.identity_index == blind_index(NUMBER)
    slip = NUMBER[:10] + str((int(NUMBER[10]) + 1) % 10)
    for wrong in ("123", "0183000012x", "018300001234", "11111111111", slip, REAL):
        with pytest.raises(BadNumber):
            actions.register_staff(who=newcomer(email="b@example.org", identity_number=wrong), by=admin, at=AT)


def test_changing_a_name_keeps_the_digest(town, admin):
    staff = actions.register_staff(who=newcomer(), by=admin, at=AT)
    before = staff.identity_index
    actions.change_staff(staff=staff, version=1, who=newcomer(family_name="Hit", identity_number=""), by=admin, at=AT)
    staff.refresh_from_db()
    assert (staff.family_name, staff.identity_index, staff.version) == ("Hit", before, 2)
    assert events("services.staff.changed")[0].facts == {"changed": ["family_name"]}  # never the values
    with pytest.raises(Stale):
        actions.change_staff(staff=staff, version=1, who=newcomer(), by=admin, at=AT)


def test_a_link_is_used_once(town, admin):
    invitation, token = actions.invite_staff(who=newcomer(), by=admin, at=AT)
    staff = actions.accept_invitation(token=token, password=PASSWORD, at=AT)
    assert staff.check_password(PASSWORD)
    invitation.refresh_from_db()
    assert (invitation.used_at, invitation.used_by) == (AT, staff)
    assert events("services.staff.accepted")[0].staff == staff.key
    with pytest.raises(actions.InvitationNotValid):
        actions.accept_invitation(token=token, password="et annet langt passord", at=AT)


@pytest.mark.parametrize("at", [LATER, AT + timedelta(days=7)])
def test_a_link_runs_out(town, admin, at):
    _invitation, token = actions.invite_staff(who=newcomer(), by=admin, at=AT)
    with pytest.raises(actions.InvitationNotValid):
        actions.accept_invitation(token=token, password=PASSWORD, at=at)


def test_a_guessed_link_is_refused(town):
    with pytest.raises(actions.InvitationNotValid):
        actions.accept_invitation(token="gjettet", password=PASSWORD, at=AT)


@pytest.mark.parametrize("password", ["kort", "tretten tegn.", "rolig.dal@example.org"])
def test_a_weak_password_is_refused_and_the_link_still_works(town, admin, password):
    _invitation, token = actions.invite_again(staff=town.nurse, by=admin, at=AT)
    with pytest.raises(actions.PasswordTooWeak) as refused:
        actions.accept_invitation(token=token, password=password, at=AT)
    assert str(refused.value.message)
    assert actions.accept_invitation(token=token, password=PASSWORD, at=AT)


def test_a_new_link_stops_the_old_one(town, admin):
    _one, first = actions.invite_again(staff=town.nurse, by=admin, at=AT)
    _two, second = actions.invite_again(staff=town.nurse, by=admin, at=AT)
    with pytest.raises(actions.InvitationNotValid):
        actions.accept_invitation(token=first, password=PASSWORD, at=AT)
    assert actions.accept_invitation(token=second, password=PASSWORD, at=AT) == town.nurse
    with pytest.raises(actions.AlreadySignedIn):
        actions.invite_again(staff=Staff.objects.get(pk=town.nurse.pk), by=admin, at=AT)


def test_a_reset_says_how_identity_was_checked_and_takes_the_codes(town, admin):
    staff = builders.with_password(town.nurse)
    TOTP.activate(staff, "JBSWY3DPEHPK3PXP")
    for how in ("", "   ", "så henne", " " * 20):
        with pytest.raises(actions.IdentityNotChecked):
            actions.reset_access(staff=staff, identity_checked_how=how, by=admin, at=AT)
    assert Authenticator.objects.filter(user=staff).exists()
    invitation, token = actions.reset_access(
        staff=staff, identity_checked_how="Møtte opp og viste pass", by=admin, at=AT
    )
    staff.refresh_from_db()
    assert not staff.has_usable_password()
    assert not Authenticator.objects.filter(user=staff).exists()
    assert invitation.identity_checked_how == "Møtte opp og viste pass"
    event = events("services.staff.reset")[0]
    assert event.facts == {"invitation": invitation.key}  # the text itself stands with the invitation
    assert actions.accept_invitation(token=token, password=PASSWORD, at=AT) == staff


def test_nobody_resets_or_dismisses_themselves(town, admin):
    with pytest.raises(actions.NotOneself):
        actions.reset_access(staff=town.administrator, identity_checked_how="det er jo meg", by=admin, at=AT)
    with pytest.raises(actions.NotOneself):
        actions.leave(staff=town.administrator, by=admin, at=AT)


def test_a_leaver_has_no_way_in_the_same_minute(town, admin):
    staff = builders.with_password(town.nurse)
    TOTP.activate(staff, "JBSWY3DPEHPK3PXP")
    make_post(staff, town.midwives, "unit_leader", from_on=WEEK)
    builders.HEARD.clear()
    actions.leave(staff=staff, by=admin, at=AT)
    staff.refresh_from_db()
    assert (staff.is_active, staff.left_on, staff.has_usable_password()) == (False, TODAY, False)
    assert queries.posts_of(staff=staff, on=TODAY) == queries.posts_of(staff=staff, on=WEEK) == []
    assert not Authenticator.objects.filter(user=staff).exists()
    news = builders.HEARD[0]
    assert (news.kind, news.by_id) == (Kind.STAFF_LEFT, town.administrator.pk)
    assert news.facts == {"staff_id": staff.pk, "unit_ids": [town.station.pk]}
    assert events("services.staff.left")[0].object == f"services.staff:{staff.key}"
    for again in (
        lambda: actions.leave(staff=staff, by=admin, at=AT),
        lambda: actions.invite_again(staff=staff, by=admin, at=AT),
        lambda: actions.reset_access(staff=staff, identity_checked_how="ringte tilbake", by=admin, at=AT),
    ):
        with pytest.raises(actions.HasLeft):
            again()


def test_a_leavers_open_link_no_longer_works(town, admin):
    invitation, token = actions.invite_staff(who=newcomer(), unit=town.station, role="nurse", by=admin, at=AT)
    actions.leave(staff=invitation.staff, by=admin, at=AT)
    with pytest.raises(actions.InvitationNotValid):
        actions.accept_invitation(token=token, password=PASSWORD, at=AT)


def test_the_last_administrator_cannot_be_dismissed(town):
    with pytest.raises(actions.LastAdministrator):
        actions.leave(staff=town.administrator, by=SYSTEM, at=AT)
    town.administrator.refresh_from_db()
    assert town.administrator.is_active


# --- the door


def test_what_happens_at_the_door_is_logged(town):
    actions.note_sign_in(staff=town.nurse, session_key="s", how="password", at=AT)
    actions.note_sign_out(staff=town.nurse, session_key="s", why="idle", at=AT)
    actions.note_password_change(staff=town.nurse, session_key="s", at=AT)
    actions.note_codes_set_up(staff=town.nurse, session_key="s", at=AT)
    signed_in, signed_out = events("services.session.signed_in")[0], events("services.session.signed_out")[0]
    assert (signed_in.staff, signed_in.facts) == (town.nurse.key, {"how": "password"})
    assert signed_in.session == signed_out.session == queries.session_digest("s")
    assert events("services.session.password_changed")
    assert events("services.session.codes_set_up")


def test_a_failed_try_is_counted_without_its_address(town):
    for _try in range(2):
        actions.note_failed_sign_in(email=" Rolig.Dal@example.org ", step="password", by=SYSTEM, at=AT)
    first, second = events("services.session.refused")
    assert first.facts == second.facts == {"step": "password", "email": blind_index("rolig.dal@example.org")}
    assert "rolig" not in str(first.__dict__).lower()


def test_choosing_ones_own_post(town):
    second = make_post(town.nurse, town.midwives, "unit_leader")
    by = viewer_of(town.nurse)
    assert actions.choose_post(staff=town.nurse, post_key=second.key, by=by, at=AT) == second
    assert events("services.post.chosen")[0].facts == {"chosen_role": "unit_leader"}
    with pytest.raises(actions.NotYourPost):
        actions.choose_post(staff=town.nurse, post_key=town.posts["administrator"].key, by=by, at=AT)


def test_own_settings(town):
    values = {"language": "nn", "scheme": "auto", "hides_details": True, "uses_shortcuts": True}
    actions.change_settings(staff=town.nurse, version=1, values=values, by=viewer_of(town.nurse), at=AT)
    assert queries.own_settings(Staff.objects.get(pk=town.nurse.pk)) == values
    assert events("services.settings.changed")[0].facts == {"changed": ["language", "scheme", "hides_details"]}
    with pytest.raises(Stale):
        actions.change_settings(staff=town.nurse, version=1, values=values, by=viewer_of(town.nurse), at=AT)
