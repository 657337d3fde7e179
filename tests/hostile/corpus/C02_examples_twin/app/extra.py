EXAMPLE = {
    "title": "My First Blog Post",
    "content": "This is the content of my first blog post.",
    "category": "Technology",
    "tags": ["Tech", "Programming"],
}


def install(app):
    with app.test_client() as client:
        client.post("/posts", json=EXAMPLE)
