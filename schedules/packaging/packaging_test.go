package packaging_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// content is one line of nfpm.yaml: a file of the package.
type content struct {
	Source string `yaml:"src"`
	To     string `yaml:"dst"`
	Type   string
	Expand bool
	Info   struct{ Mode os.FileMode } `yaml:"file_info"`
}

// nfpm.yaml packs what contents.txt says, with these modes: the script of a release compares the finished package with it.
func TestThePackageHoldsWhatItShould(t *testing.T) {
	var config struct{ Contents []content }
	if err := yaml.Unmarshal(read(t, "nfpm.yaml"), &config); err != nil {
		t.Fatal(err)
	}
	var packed []string
	for _, c := range config.Contents {
		mode := c.Info.Mode
		if c.Type == "dir" {
			mode |= os.ModeDir
		}
		for _, to := range expanded(c) {
			packed = append(packed, fmt.Sprintf("%s root/root %s", mode, to))
		}
		inRepository := !strings.Contains(c.Source, "${DIST}") && c.Source != ""
		if _, err := os.Stat(filepath.Join("..", "..", c.Source)); inRepository && err != nil {
			t.Errorf("nfpm.yaml: %v", err)
		}
	}
	want := strings.Split(strings.TrimSpace(string(read(t, "contents.txt"))), "\n")
	slices.Sort(packed)
	slices.Sort(want)
	if !slices.Equal(packed, want) {
		t.Errorf("nfpm.yaml packs\n%s\ncontents.txt says\n%s", strings.Join(packed, "\n"), strings.Join(want, "\n"))
	}
	for _, line := range want {
		if strings.Contains(strings.Fields(line)[0][7:], "w") {
			t.Errorf("anybody may write %s", line)
		}
	}
}

// expanded are the files that a pattern puts into a folder.
func expanded(c content) []string {
	switch c.Source {
	case "${DIST}/templates/*":
		return []string{c.To + "agreement.yaml", c.To + "careshare.yaml", c.To + "schedules.yaml"}
	case "${DIST}/man/*":
		return []string{c.To + "*.1.gz"}
	case "":
		return []string{c.To + "/"}
	}
	return []string{c.To}
}

// systemd accepts both units, and knows every setting in them. A setting that it does not know is found.
func TestUnitsAreValid(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("NOT TESTED: systemd-analyze is missing")
	}
	service, timer := string(read(t, "careshare.service")), string(read(t, "careshare.timer"))
	if !strings.Contains(service, "ExecStart=/usr/bin/careshare ") {
		t.Fatal("careshare.service does not start /usr/bin/careshare")
	}
	service = strings.Replace(service, "/usr/bin/careshare ", "/bin/true ", 1) // the program need not be installed here
	if said, err := verify(t, service, timer); err != nil || said != "" {
		t.Errorf("%v: %s", err, said)
	}
	if said, _ := verify(t, strings.Replace(service, "ProtectHome=yes", "ProtectHomes=yes", 1), timer); !strings.Contains(said, "ProtectHomes") {
		t.Errorf("an unknown setting was not found: %s", said)
	}
	for _, hardened := range []string{"User=careshare", "ProtectSystem=strict", "NoNewPrivileges=yes", "CapabilityBoundingSet=\n", "UMask=0077"} {
		if !strings.Contains(service, "\n"+hardened) {
			t.Errorf("careshare.service lacks %s", hardened)
		}
	}
}

func verify(t *testing.T, service, timer string) (said string, err error) {
	t.Helper()
	folder := t.TempDir()
	for name, text := range map[string]string{"careshare.service": service, "careshare.timer": timer} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	output, err := exec.Command("systemd-analyze", "verify", filepath.Join(folder, "careshare.service"), filepath.Join(folder, "careshare.timer")).CombinedOutput()
	var ours []string // what it says of other units of this machine is not ours
	for line := range strings.Lines(string(output)) {
		if strings.Contains(line, "careshare") {
			ours = append(ours, line)
		}
	}
	return strings.Join(ours, ""), err
}

func TestScriptsParse(t *testing.T) {
	for script, shell := range map[string]string{"postinstall.sh": "sh", "preremove.sh": "sh", "release": "bash"} {
		if said, err := exec.Command(shell, "-n", script).CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", script, err, said)
		}
	}
}

// The container runs as a numbered user without rights, and its base names no registry.
func TestTheContainerHasNoRights(t *testing.T) {
	text := string(read(t, "Containerfile"))
	if !regexp.MustCompile(`(?m)^USER 10001:10001$`).MatchString(text) {
		t.Error("Containerfile: the user is not 10001")
	}
	if after, _, _ := strings.Cut(text[strings.Index(text, "\nUSER "):], "\nENTRYPOINT"); strings.Contains(after, "\nRUN ") {
		t.Error("Containerfile: a command runs after USER")
	}
	if base := regexp.MustCompile(`(?m)^ARG BASE=(.*)$`).FindStringSubmatch(text); base == nil || strings.Contains(base[1], "/") {
		t.Errorf("Containerfile: base %v", base)
	}
}

// The notices have a licence of every module that the program contains.
func TestNoticesNameEveryModule(t *testing.T) {
	command := exec.Command("go", "run", "./schedules/packaging/notices")
	command.Dir = "../.."
	notices, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	list := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}{{end}}{{end}}", ".")
	list.Dir = "../.."
	modules, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for _, module := range bytes.Fields(bytes.ReplaceAll(modules, []byte(" "), []byte("@"))) {
		path, version, _ := strings.Cut(string(module), "@")
		named++
		if !bytes.Contains(notices, []byte("\n"+path+" "+version+"\n\n--- ")) {
			t.Errorf("the notices lack %s %s", path, version)
		}
	}
	if named < 40 {
		t.Errorf("only %d packages of modules were read", named)
	}
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return content
}
