module scenario

go 1.20
