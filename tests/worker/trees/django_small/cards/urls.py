from django.contrib.auth.models import User
from django.http import JsonResponse
from django.urls import path

urlpatterns = [path("users/", lambda request: JsonResponse({"users": User.objects.count()}))]
