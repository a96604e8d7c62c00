package flow

import (
	"fmt"
	"time"

	"careshare/extract"
	"careshare/load/agreement"
	"careshare/load/audit"
	"careshare/load/lake"
	"careshare/pipeline/config"
	"careshare/pipeline/console"
	"careshare/pipeline/exit"
	"careshare/pipeline/relations"
	"careshare/sql"
	"careshare/transform"
	"careshare/transform/linkage"
)

// Prepare reads all that a run needs to know before it touches a source.
func Prepare(con *console.Console, settings config.Config, asAt time.Time) (*Job, error) {
	contracts, agreement, err := config.ReadTerms(settings)
	if err != nil {
		return nil, err
	}
	models, err := settings.Ruleset().Models()
	if err != nil {
		return nil, err
	}
	if err := agreement.HoldUngated(contracts, models.AboutPeople); err != nil {
		return nil, exit.Usage(err)
	}
	agreement, keys, missing := config.WithKeys(settings, agreement, contracts)
	return &Job{
		keys: keys, Unpublished: missing,
		Console: con, Config: settings, agreement: agreement, Contracts: contracts, Models: models, rules: settings.Ruleset().Digest, AsAt: asAt,
	}, nil
}

// Job is one run being carried out.
type Job struct {
	*console.Console
	Config    config.Config
	agreement agreement.Agreement
	Contracts agreement.Contracts
	Models    transform.Models
	rules     string // SHA-256 of the rules that decide
	AsAt      time.Time
	Older     bool   // readers may be led back to an earlier moment
	at        string // the step being done, for the log
	linked    *LinkedPeople
	accepted  []string        // safeguards whose breach this run accepts
	anew      bool            // a return alone, which is compared with what readers have now
	submitted []relations.Row // last year's files of a return as they were handed in, of a return that is compared with them

	keys        map[string]lake.PseudonymKey // by audience
	Unpublished []config.Unpublished         // what there is no key for
}

// work is a run under way: what each step leaves for the next.
type work struct {
	run      *lake.Run
	known    Memory
	tables   []extract.Table // from extract
	db       *sql.DB         // the engine that decides; closed after share
	decided  transform.Result
	staged   lake.Staged // from share
	duckdb   string      // the engine's version
	snapshot lake.Snapshot
}

// close closes the engine, once.
func (w *work) close() {
	if w.db != nil {
		w.db.Close()
		w.db = nil
	}
}

// step says what the run does now, and remembers it for the log.
func (j *Job) step(name string) {
	j.at = name
	j.Console.Step(name)
}

// countTaken shows how many rows the sources gave, where somebody watches.
func (j *Job) countTaken(tables []extract.Table) {
	var rows int64
	for _, t := range tables {
		rows += t.RowsIn
	}
	j.Console.Counted(rows, "rows read from the sources")
}

// countStaged shows how many rows the datasets hold.
func (j *Job) countStaged(staged lake.Staged) {
	var rows int64
	for _, d := range staged.Datasets {
		rows += d.Rows
	}
	j.Console.Counted(rows, fmt.Sprintf("rows in %d datasets", len(staged.Datasets)))
}

// Memory is what the lake knows from before: the council's and the reviewers' own words, and what is carried over.
type Memory struct {
	withheld []audit.Withholding
	reviews  []lake.Review
	kept     map[string]lake.Kept // by dataset; without one on the first run
	key      []byte               // of the fingerprints that the linkage remembers; null before the first run
	linkage  map[string]lake.Kept // what the last linkage left, by table
	held     heldBefore
}

// LinkedPeople says how the linkage of a run went.
type LinkedPeople struct {
	People     int64           `json:"people"`
	Patients   int64           `json:"patients"`         // NHS numbers of the senders' patients
	Fresh      int64           `json:"fresh_records"`    // of both, those that were new or changed and so linked again
	Compared   int64           `json:"pairs_compared"`   // in this run
	Remembered int64           `json:"pairs_remembered"` // that the last run had compared
	Wide       []linkage.Block `json:"blocks_too_wide"`  // rules of which some values would have made too many pairs
}

// heldBefore is what the snapshot that readers have was made from.
type heldBefore struct {
	asAt time.Time
	rows map[[2]string]int64 // by source and table, what newer rows replaced left out, since a sender's whole export takes the place of its changes
}
