print("the commit that is handed in")
