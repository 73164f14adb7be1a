"""Sessions as Django keeps them, with whose they are beside: so that one can see where one is signed in, and end it."""

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db


class SessionStore(db.SessionStore):
    @classmethod
    def get_model_class(cls):
        from fotspor.services.models import Session  # asked for before the apps are there

        return Session

    def create_model_instance(self, data):
        row = super().create_model_instance(data)
        row.staff_id = data.get(SESSION_KEY) or None
        return row
