package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"careshare/transform/rules"
)

// A folder's name that the engine takes for a pattern would fail a run half-way, or read another folder.
func TestALakeWhoseNameIsAPatternIsRefused(t *testing.T) {
	t.Parallel()
	shipped, err := rules.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for lake, refused := range map[string]bool{"/srv/council [old]/lake": true, "/srv/council/lake*": true, "/srv/la?ke": true, "/srv/the council (2)/lake": false} {
		if err := (Config{Lake: lake, Decides: shipped}).Validate(); strings.Contains(err.Error(), "lake: the path of a lake may hold none of") != refused {
			t.Errorf("%s: %v", lake, err)
		}
	}
}

// Every path of a configuration is absolute and clean, whatever folder the program was started in.
func TestPathsAreOfTheConfigurationsFolder(t *testing.T) {
	t.Parallel()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	c := Config{Lake: "lake", Rules: "/etc/../rules/", Pseudonyms: map[string]PseudonymKey{"bi": {KeyFile: "bi.key"}}, Delivery: Delivery{Spool: "../spool"}}
	c.resolve("council")
	for got, want := range map[string]string{
		c.Lake: filepath.Join(here, "council", "lake"), c.Rules: "/rules", c.Agreement: "",
		c.Pseudonyms["bi"].KeyFile: filepath.Join(here, "council", "bi.key"), c.Delivery.Spool: filepath.Join(here, "spool"),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
