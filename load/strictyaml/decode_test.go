package strictyaml

import (
	"errors"
	"testing"
	"time"
)

// What the parser would take for another value than is written is refused at its line.
func TestANumberIsWhatIsWritten(t *testing.T) {
	t.Parallel()
	type settings struct {
		Days     int                         `yaml:"days"`
		Steps    []int64                     `yaml:"steps"`
		Workers  map[int64]int64             `yaml:"workers"`
		Episodes map[string]map[int64]string `yaml:"episodes"`
		Code     string                      `yaml:"code"`
		Codes    []string                    `yaml:"codes"`
		Wait     time.Duration               `yaml:"wait"`
		Percent  float64                     `yaml:"percent"`
	}
	whole := "must be a whole number"
	for text, want := range map[string]string{
		"days: 4.5":                          "days: " + whole,
		"days: 4.0":                          "days: " + whole,
		"days: 010":                          "days: " + whole,
		"days: 0x10":                         "days: " + whole,
		"days: 1e3":                          "days: " + whole,
		"days: 99999999999999999999":         "days: must be a smaller number",
		"steps: [401, 4.5]":                  "steps: " + whole,
		"steps: [401, ]":                     "",
		"steps: [401, ~]":                    "steps: " + whole,
		"steps: [99999999999999999999]":      "steps: must be a smaller number",
		"days: &a 4.5":                       "days: " + whole,
		"code: &a 4.5":                       "code: must be in quotes, or it is read as a number",
		"percent: &a 4.5\nsteps: [*a]":       "percent: " + whole,
		"workers: {4.5: 3}":                  "workers: " + whole,
		"workers: {3: 4.5}":                  "3: " + whole,
		"workers: {3: ~}":                    "workers: " + whole,
		"steps: [~]":                         "steps: " + whole,
		"workers: {3: 4, 3: 5}":              `mapping key "3" already defined at [2:11]`,
		"episodes: {service: {301.5: home}}": "service: " + whole,
		"code: 012":                          "code: must be in quotes, or it is read as a number",
		"code: 1.50":                         "code: must be in quotes, or it is read as a number",
		"codes: [010]":                       "codes: must be in quotes, or it is read as a number",
		"wait: 5":                            "wait: must be a time such as 20h, 90m or 1h30m",
		"days:":                              "",
		"days: -4":                           "", // a rule of its own has to say what is too little
		"days: '4'":                          "",
		"steps: [1, 20]":                     "",
		"code: 204":                          "",
		"code: \"012\"":                      "",
		"code: C1":                           "",
		"wait: 90m":                          "",
		"percent: 0.5":                       "",
	} {
		if want != "" {
			want = "read x.yaml:2: " + want
		}
		got := ""
		if err := Decode("folder/x.yaml", []byte("# first\n"+text+"\n"), new(settings)); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// What is wrong is told in the order of the file, although a validation goes through maps.
func TestFaultsStandInTheOrderOfTheFile(t *testing.T) {
	t.Parallel()
	data := []byte("a:\n  x: 1\n  y: 2\nb: 3\n")
	wrong := errors.Join(errors.New("b: third"), errors.Join(errors.New("a.y: second"), nil, errors.New("a.x: first")), errors.New("of no key"))
	want := "read c.yaml: of no key\nread c.yaml:2: a.x: first\nread c.yaml:3: a.y: second\nread c.yaml:4: b: third"
	if err := AtLines("c.yaml", data, wrong); err == nil || err.Error() != want {
		t.Errorf("%v", err)
	}
	if err := AtLines("c.yaml", data, errors.Join(nil, nil)); err != nil {
		t.Error(err)
	}
}
