PATH = "/success"
