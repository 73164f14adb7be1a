"""Two sets of names: those django-allauth asks for, without a namespace, and our own under `services:`.

What has no address here cannot be reached: sign-up, e-mail addresses, reset by e-mail, taking codes away oneself.
"""

from django.conf import settings
from django.urls import include, path

from fotspor.services.views import account, drafts, own, passkeys, people, places, screen, sessions, setup, staff_files

account_patterns = [
    path("konto/inn/", account.sign_in, name="account_login"),
    path("konto/ut/", account.sign_out, name="account_logout"),
    path("konto/passord/", account.password_change, name="account_change_password"),
    path("konto/bekreft/", account.reauthenticate, name="account_reauthenticate"),
    path("konto/kode/", account.code, name="mfa_authenticate"),
    path("konto/kode/bekreft/", account.code_again, name="mfa_reauthenticate"),
    path("konto/kode/ny/", account.codes_set_up, name="mfa_activate_totp"),
    path("konto/reservekoder/", account.recovery_codes, name="mfa_view_recovery_codes"),
    path("konto/reservekoder/nye/", account.recovery_codes_new, name="mfa_generate_recovery_codes"),
]
if settings.HAS_PASSKEYS:
    account_patterns += [
        path("konto/nokkel/inn/", passkeys.sign_in_by_passkey, name="mfa_login_webauthn"),
        path("konto/nokkel/ny/", passkeys.passkey_new, name="mfa_add_webauthn"),
        path("konto/nokkel/bekreft/", passkeys.passkey_again, name="mfa_reauthenticate_webauthn"),
        path("konto/nokkel/<int:pk>/fjern/", passkeys.passkey_remove, name="mfa_remove_webauthn"),
    ]

own_patterns = [
    path("oppsett/", setup.setup, name="setup"),
    path("konto/reservekoder/skriv-ut/", account.recovery_codes_print, name="recovery_codes_print"),
    path("konto/reservekoder/papir/", account.recovery_codes_paper, name="recovery_codes_paper"),
    path("okt/", screen.session_left, name="session_left"),
    path("okt/forleng/", screen.session_stay, name="session_stay"),
    path("las/", screen.lock, name="lock"),
    path("last/", screen.locked, name="locked"),
    path("utkast/", drafts.draft_keep, name="draft_keep"),
    path("utkast/<str:key>/hent/", drafts.draft_fetch, name="draft_fetch"),
    path("utkast/<str:key>/kast/", drafts.draft_discard, name="draft_discard"),
    path("innstillinger/", own.own_settings, name="settings"),
    path("innlogget/", sessions.sessions, name="sessions"),
    path("innlogget/avslutt/", sessions.sessions_end, name="sessions_end"),
    path("stilling/", own.choose_post, name="choose_post"),
    path("uten-stilling/", own.no_post, name="no_post"),
    path("invitasjon/<str:token>/", own.invitation, name="invitation"),
    path("enheter/", places.units, name="units"),
    path("enheter/ny/", places.unit_new, name="unit_new"),
    path("enheter/<str:key>/", places.unit, name="unit"),
    path("enheter/<str:key>/endre/", places.unit_change, name="unit_change"),
    path("enheter/<str:key>/steng/", places.unit_close, name="unit_close"),
    path("bydeler/", places.districts, name="districts"),
    path("bydeler/ny/", places.district_new, name="district_new"),
    path("bydeler/<str:key>/", places.district_change, name="district_change"),
    path("kommunen/", places.municipality, name="municipality"),
    path("ansatte/", people.staff_list, name="staff_list"),
    path("ansatte/ny/", people.staff_new, name="staff_new"),
    path("ansatte/fil/", staff_files.staff_import, name="staff_import"),
    path("ansatte/fil/ta-inn/", staff_files.staff_import_apply, name="staff_import_apply"),
    path("ansatte/lenker/", staff_files.staff_links, name="staff_links"),
    path("ansatte/<str:key>/", people.staff, name="staff"),
    path("ansatte/<str:key>/endre/", people.staff_change, name="staff_change"),
    path("ansatte/<str:key>/lenke/", people.staff_link, name="staff_link"),
    path("ansatte/<str:key>/inviter/", people.staff_invite, name="staff_invite"),
    path("ansatte/<str:key>/tilbakestill/", people.staff_reset, name="staff_reset"),
    path("ansatte/<str:key>/slutt/", people.staff_leave, name="staff_leave"),
    path("ansatte/<str:key>/stilling/", people.post_new, name="post_new"),
    path("ansatte/<str:key>/stilling/<str:post>/", people.post_end, name="post_end"),
    path("ansatte/<str:key>/borte/", people.absence_new, name="staff_absence_new"),
    path("ansatte/<str:key>/borte/<str:absence>/", people.absence_end, name="staff_absence_end"),
    path("kolleger/", people.colleagues, name="colleagues"),
    path("kolleger/<str:key>/", people.colleague, name="colleague"),
    path("kolleger/<str:key>/borte/", people.colleague_absence_new, name="colleague_absence_new"),
    path("kolleger/<str:key>/borte/<str:absence>/", people.colleague_absence_end, name="colleague_absence_end"),
]
if settings.HAS_PASSKEYS:
    own_patterns.append(path("last/nokkel/", screen.unlock_by_passkey, name="unlock_by_passkey"))
if settings.IS_DEMO or settings.MODE == "test":
    own_patterns.append(path("demo/", own.demo_sign_in, name="demo_sign_in"))

urlpatterns = [*account_patterns, path("", include((own_patterns, "services")))]
