# "quotes", back\slashes, ; semicolons, [brackets], ${dollar}, @at@, héllo
x = 1