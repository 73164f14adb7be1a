import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from fotspor.people.models import Person
from fotspor.people.tests.made import *
from fotspor.people.tests.made import AT
def test_count(client, house):
    with time_machine.travel(AT, tick=False):
        client.force_login(house.staff(house.midwife))
        for n in (1,4):
            js = make_birth(house.midwife, *["female"]*n, journey=make_pregnancy(house.midwife, make_person(house.midwife, f"K{n}")))
            path=reverse("people:person", args=[js[0].pregnancy.mother.key]); client.get(path)
            with CaptureQueriesContext(connection) as c: 
                r=client.get(path)
            print("N",n,len(c), r.status_code)
            if n==4:
                for q in c.captured_queries: print(q["sql"][:220].replace("\n"," "))
    assert 0
