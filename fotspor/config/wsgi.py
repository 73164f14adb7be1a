import os

from django.core.wsgi import get_wsgi_application

from fotspor.config.start import refuse_to_start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fotspor.config.settings")
application = get_wsgi_application()
refuse_to_start()
