package config

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"careshare/load/agreement"
	"careshare/load/fault"
	"careshare/load/lake"
	"careshare/pipeline/exit"
)

// PseudonymKey says where an audience's key is; the key itself is never written in the configuration.
type PseudonymKey struct {
	KeyFile string `yaml:"key_file"` // mode 0600
	KeyEnv  string `yaml:"key_env"`  // name of the variable that holds it
}

func (k PseudonymKey) read() (lake.PseudonymKey, error) {
	if k.KeyEnv == "" {
		return lake.ReadPseudonymKey(k.KeyFile)
	}
	line, set := os.LookupEnv(k.KeyEnv)
	if !set {
		return lake.PseudonymKey{}, fault.WithHint(fmt.Errorf("pseudonyms: the variable %s is not set", k.KeyEnv), "set it from your secret store")
	}
	return lake.ParsePseudonymKey(line)
}

func validatePseudonyms(of map[string]PseudonymKey) error {
	for audience, k := range of {
		if (k.KeyFile == "") == (k.KeyEnv == "") {
			return fmt.Errorf("pseudonyms.%s: give one of key_file, key_env", audience)
		}
	}
	return nil
}

// Unpublished says which datasets of an audience a run could not make, and why.
type Unpublished struct {
	Audience string   `json:"audience"`
	Datasets []string `json:"datasets"`
	Why      string   `json:"why"`
}

// PseudonymKeys are the keys that can be read, by audience. Without an audience's key its pseudonymised datasets leave whole.
func (c Config) PseudonymKeys() map[string]lake.PseudonymKey {
	keys := map[string]lake.PseudonymKey{}
	for audience, source := range c.Pseudonyms {
		if key, err := source.read(); err == nil {
			keys[audience] = key
		}
	}
	return keys
}

// WithKeys reads the key of each audience that the agreement gives pseudonyms to. An audience whose key cannot be had loses
// the datasets that need it, and nothing else.
func WithKeys(c Config, a agreement.Agreement, contracts agreement.Contracts) (agreement.Agreement, map[string]lake.PseudonymKey, []Unpublished) {
	keys := map[string]lake.PseudonymKey{}
	var missing []Unpublished
	for _, audience := range slices.Sorted(maps.Keys(a.DeIdentification)) {
		source, configured := c.Pseudonyms[audience]
		why := "pseudonyms." + audience + " is not configured"
		if configured {
			key, err := source.read()
			if err == nil {
				keys[audience] = key
				continue
			}
			why = exit.OneLine(err)
		}
		without, datasets := a.WithoutKey(contracts, audience)
		if len(datasets) > 0 {
			missing = append(missing, Unpublished{audience, datasets, why})
		}
		a = without
	}
	return a, keys, missing
}

func (u Unpublished) Text(w io.Writer) {
	fmt.Fprintf(w, "NOT PUBLISHED for %s: %s: %s\n", u.Audience, strings.Join(u.Datasets, ", "), u.Why)
}
