package audit

import "time"

// Event is what an audit entry tells.
type Event string

// The events of the log.
const (
	Started   Event = "started"    // a run began
	Disclosed Event = "disclosed"  // one dataset of a run was given to its audience
	KeptBack  Event = "kept_back"  // how much of one dataset one gate and reason withheld
	Published Event = "published"  // the run's snapshot became current; closes the entries of its disclosures
	Failed    Event = "failed"     // the run ended without a snapshot
	Withheld  Event = "withheld"   // a person's rows are not to be shared from now on
	Lifted    Event = "lifted"     // that has ended; the next run may share again
	Pruned    Event = "pruned"     // files of a snapshot were removed by retention
	Verified  Event = "verified"   // the lake was checked
	Reviewed  Event = "reviewed"   // reviewers' decisions about NHS numbers were imported; they are kept
	Asked     Event = "asked"      // a request file was handed to the trace service's outbox
	SignedOff Event = "signed_off" // the data owner stands by a return's files
	Recovered Event = "recovered"  // what a crash left was completed or swept
)

// Entry is one line of the audit log. Only the fields of its event are set.
type Entry struct {
	Number int64     `json:"number"` // from 0: its place in the tree
	At     time.Time `json:"at"`     // UTC
	Event  Event     `json:"event"`
	Run    string    `json:"run,omitempty"`
	From   string    `json:"from,omitempty"` // the snapshot that this one was made from, without a run

	Dataset    string   `json:"dataset,omitempty"`
	Direction  string   `json:"direction,omitempty"`
	Audience   string   `json:"audience,omitempty"`
	Purpose    string   `json:"purpose,omitempty"`
	LegalBases []string `json:"legal_bases,omitempty"`
	Gate       string   `json:"gate,omitempty"`
	Reason     string   `json:"reason,omitempty"` // a reason code; for withheld and lifted the council's own words
	Rows       *int64   `json:"rows,omitempty"`
	People     *int64   `json:"people,omitempty"`
	Agreement  string   `json:"agreement,omitempty"` // its version

	RowsRoot string `json:"rows_root,omitempty"` // of the tree over the dataset's rows, base64
	Manifest string `json:"manifest_sha256,omitempty"`
	Content  string `json:"content_sha256,omitempty"`
	Person   *int64 `json:"person_id,omitempty"`
	Findings *int64 `json:"findings,omitempty"`
	Files    []Held `json:"files,omitempty"`
	By       string `json:"by,omitempty"` // who decided
	Note     string `json:"note,omitempty"`
}

// Held names a file of a snapshot and what it held.
type Held struct {
	Path   string `json:"path"` // within the snapshot
	SHA256 string `json:"sha256"`
}

// Withholding is a person whose rows are not shared, by the council's word.
type Withholding struct {
	PersonID   int64     `json:"person_id"`
	Reason     string    `json:"reason"`
	WithheldAt time.Time `json:"withheld_at"`
	Entry      int64     `json:"entry"` // the entry of the log that says so
}
