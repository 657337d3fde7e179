from locust import HttpUser, task


class Nobody(HttpUser):
    @task
    def nothing(self):
        pass
