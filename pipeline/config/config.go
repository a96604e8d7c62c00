// Package config reads careshare.yaml, and the agreement that it names, as typed values; errors name the line.
package config

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"careshare/extract/casestore"
	"careshare/pipeline/exit"
	"careshare/transform/rules"
)

// Config is careshare.yaml. Paths are relative to the file's own folder.
type Config struct {
	Lake      string `yaml:"lake"`      // folder of the lake, or s3://bucket/prefix
	S3        S3     `yaml:"s3"`        // of a lake in a bucket
	Agreement string `yaml:"agreement"` // the data sharing agreement's file
	Rules     string `yaml:"rules"`     // folder of the council's overlay: the files that differ from the program's own; empty: none

	Decides rules.Rules `yaml:"-"` // the program's own files with the overlay on top
	Bucket  string      `yaml:"-"` // s3://bucket/prefix of the lake; Lake is then the copy's folder; empty: the lake is only that folder

	Engine                Engine                      `yaml:"engine"`
	CaseStore             CaseStore                   `yaml:"case_store"`
	Conventions           casestore.Conventions       `yaml:"conventions"` // how the case store writes what its columns mean; default: as Mosaic does
	Health                []Sender                    `yaml:"health"`
	CPIS                  CPIS                        `yaml:"cpis"`
	Trace                 Trace                       `yaml:"trace"`
	Linkage               Linkage                     `yaml:"linkage"`
	Pseudonyms            map[string]PseudonymKey     `yaml:"pseudonyms"` // by audience
	OptOut                Folder                      `yaml:"opt_out"`
	Mesh                  Mesh                        `yaml:"mesh"`
	PDS                   PDS                         `yaml:"pds"`
	Quarantine            Quarantine                  `yaml:"quarantine"`
	Episodes              map[string]map[int64]string `yaml:"episodes"` // by kind (assessment, safeguarding, service): workflow step type and the name of the service
	Consent               Consent                     `yaml:"consent"`
	SamePerson            SamePerson                  `yaml:"same_person"`
	AccessibleInformation AccessibleInformation       `yaml:"accessible_information"`
	Reports               Reports                     `yaml:"reports"`
	Returns               Returns                     `yaml:"returns"`
	Delivery              Delivery                    `yaml:"delivery"`
	Witness               Witness                     `yaml:"witness"`
	ContactRoles          map[string][]string         `yaml:"contact_roles"` // relationship descriptions by role: next_of_kin, advocate
}

// memorySize is what DuckDB takes for a size.
var memorySize = regexp.MustCompile(`^[0-9]+(\.[0-9]+)? ?[KMGTkmgt]i?[Bb]$`)

// Engine limits DuckDB.
type Engine struct {
	Memory  string `yaml:"memory"`  // such as 1500MB
	Threads int    `yaml:"threads"` // at most; 0: one per processor
}

// CaseStore says where the case store is. A PostgreSQL address holds a password, so it comes from the environment
// or from a file, never from this file.
type CaseStore struct {
	Kind             string        `yaml:"kind"`          // one of casestore.Kinds
	Location         string        `yaml:"location"`      // file or folder
	LocationEnv      string        `yaml:"location_env"`  // name of the variable that holds a postgres:// or sqlserver:// address
	LocationFile     string        `yaml:"location_file"` // file that holds it
	Connections      int           `yaml:"connections"`   // parallel connections, PostgreSQL only; 0: one more than processors
	StatementTimeout time.Duration `yaml:"statement_timeout"`
	IncompleteLoad   string        `yaml:"incomplete_load"`  // what an incomplete newest load of Parquet partitions does: stop, or previous
	OldestLoad       time.Duration `yaml:"oldest_load"`      // how old the load of partitions may be; 0: any age
	BlankRestricted  string        `yaml:"blank_restricted"` // whether a blank mark of restriction restricts: closed, open, or filled
}

// Folder is where one kind of file arrives. Empty: this council does not have it.
type Folder struct {
	Folder string `yaml:"folder"`
}

// Linkage says whether people without a number are linked to patients by the match of all they have in common.
type Linkage struct {
	People bool `yaml:"people"` // false: only where family name, given name, birth date and postcode are all the same
}

// Trace is the exchange with the batch trace service (PDS over MESH), by files.
type Trace struct {
	Folder              string `yaml:"folder"`                // responses arrive in its inbox/
	Outbox              string `yaml:"outbox"`                // request files are put there, after the run has published; empty: careshare asks nothing
	AcceptUnaskedBefore string `yaml:"accept_unasked_before"` // YYYY-MM-DD in London: answers to what another system asked before that day count
	AskAgainAfterDays   int    `yaml:"ask_again_after_days"`  // a request that has waited so long is made again
	RefreshAfterDays    int    `yaml:"refresh_after_days"`    // an answer so old is asked for again
}

func (t Trace) validate() error {
	var wrong []error
	if t.Outbox == "" && t.Folder != "" && t.AcceptUnaskedBefore == "" {
		wrong = append(wrong, errors.New("trace.outbox: name the folder for requests, or set accept_unasked_before: an answer that nobody asked for is refused"))
	}
	if _, err := time.Parse(time.DateOnly, t.AcceptUnaskedBefore); t.AcceptUnaskedBefore != "" && err != nil {
		wrong = append(wrong, errors.New("trace.accept_unasked_before: must be a day such as 2026-11-01"))
	}
	if t.AskAgainAfterDays < 1 || t.RefreshAfterDays < t.AskAgainAfterDays {
		wrong = append(wrong, errors.New("trace: ask_again_after_days must be at least 1, refresh_after_days no less than it"))
	}
	return errors.Join(wrong...)
}

// Quarantine says how much of a source may be unreadable, or gone, before the run stops.
type Quarantine struct {
	ThresholdPercent float64 `yaml:"threshold_percent"`
	FewerRowsPercent float64 `yaml:"fewer_rows_percent"` // of a table's rows in the last snapshot
}

// Reports say how figures are made fit to be read.
type Reports struct {
	SmallNumbers string `yaml:"small_numbers"` // hes, nhs_mental_health or opensafely
}

// AccessibleInformation says how the council records communication needs (DAPB1605).
type AccessibleInformation struct {
	Steps []int64 `yaml:"steps"`
}

// Default holds what a file need not say.
func Default() Config {
	return Config{
		Engine:      Engine{Memory: "1500MB"},
		Conventions: casestore.Mosaic(),
		CaseStore:   CaseStore{StatementTimeout: 10 * time.Minute, BlankRestricted: "filled", IncompleteLoad: "stop", OldestLoad: 7 * 24 * time.Hour},
		Quarantine:  Quarantine{ThresholdPercent: 1, FewerRowsPercent: 20},
		Reports:     Reports{SmallNumbers: "hes"},
		Returns:     Returns{FinishedYears: 1},
		Consent:     Consent{WindowDays: 7},
		SamePerson:  SamePerson{AlikeBy: "name_birth_date_address"},
		CPIS:        defaultCPIS(),
		Delivery:    defaultDelivery(),
		Trace:       Trace{AskAgainAfterDays: 14, RefreshAfterDays: 365},
		PDS:         defaultPDS(),
	}
}

// Ruleset are the macros, models, contracts, views, lists and words that decide.
func (c Config) Ruleset() rules.Rules { return c.Decides }

// Validate says every thing that is wrong, not only the first.
func (c Config) Validate() error {
	var wrong []error
	check := func(ok bool, format string, args ...any) {
		if !ok {
			wrong = append(wrong, fmt.Errorf(format, args...))
		}
	}
	check(c.Lake != "" || c.Bucket != "", "lake: name the folder to publish to, or s3://bucket/prefix")
	check(!strings.ContainsAny(c.Lake, "*?[]"), "lake: the path of a lake may hold none of * ? [ ], which the engine and readers take for a pattern")
	check(c.Agreement != "", "agreement: name the data sharing agreement's file")
	check(memorySize.MatchString(c.Engine.Memory), "engine.memory: must be a size such as 1500MB")
	check(c.Engine.Threads >= 0, "engine.threads: must be at least 1, or left out")
	check(c.Quarantine.ThresholdPercent >= 0 && c.Quarantine.ThresholdPercent <= 100, "quarantine.threshold_percent: must be between 0 and 100")
	check(c.Quarantine.FewerRowsPercent >= 0 && c.Quarantine.FewerRowsPercent <= 100, "quarantine.fewer_rows_percent: must be between 0 and 100")
	check(len(c.Episodes) > 0, "episodes: name the workflow step types that open an episode of care")
	for kind := range c.Episodes {
		check(kind == "assessment" || kind == "safeguarding" || kind == "service", "episodes.%s: the kinds are assessment, safeguarding, service", kind)
	}
	for role := range c.ContactRoles {
		check(role == "next_of_kin" || role == "advocate", "contact_roles.%s: the roles are next_of_kin, advocate", role)
	}
	_, known := SmallNumbersOf(c.Reports.SmallNumbers)
	check(known, "reports.small_numbers: must be hes, nhs_mental_health or opensafely")
	return errors.Join(append(wrong, c.validateIDs(), validateSenders(c.Health, c.Returns.Integrated.Senders), c.Consent.validate(), c.SamePerson.validate(), c.CPIS.validate(), c.knownLegalStatuses(), c.Conventions.Validate(), c.Trace.validate(), c.Mesh.validate(), c.validatePDS(), c.Returns.validate(), c.CaseStore.validate(), c.Delivery.Validate(), c.validateWitness(), c.validateLake(), c.validateBucket(), validatePseudonyms(c.Pseudonyms))...)
}

func (s CaseStore) validate() error {
	if !slices.Contains([]string{"closed", "open", "filled"}, s.BlankRestricted) {
		return errors.New("case_store.blank_restricted: must be closed, open or filled")
	}
	if s.IncompleteLoad != "stop" && s.IncompleteLoad != "previous" {
		return errors.New("case_store.incomplete_load: must be stop or previous")
	}
	switch s.Kind {
	case "duckdb", "csv", "parquet":
		if s.Location == "" {
			return errors.New("case_store.location: name the file or folder")
		}
	case "postgres", "sqlserver":
		if s.Location != "" {
			return errors.New("case_store.location: an address with a password does not belong here; use location_env or location_file")
		}
		if (s.LocationEnv == "") == (s.LocationFile == "") {
			return errors.New("case_store: give one of location_env, location_file")
		}
	default:
		return fmt.Errorf("case_store.kind: must be one of %s", strings.Join(casestore.Kinds(), ", "))
	}
	return nil
}

// address is where to connect to or what to open.
func (s CaseStore) address() (string, error) {
	switch {
	case s.LocationEnv != "":
		if address := os.Getenv(s.LocationEnv); address != "" {
			return address, nil
		}
		return "", exit.Usage(fmt.Errorf("case_store.location_env: %s is not set", s.LocationEnv))
	case s.LocationFile != "":
		content, err := os.ReadFile(s.LocationFile)
		if err != nil {
			return "", exit.Usage(fmt.Errorf("case_store.location_file: %w", err))
		}
		return strings.TrimSpace(string(content)), nil
	}
	return s.Location, nil
}
