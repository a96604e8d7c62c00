package flow

// Version names the program in manifests. `make build` sets it from git.
var Version = "dev"
