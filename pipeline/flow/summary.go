package flow

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"careshare/extract"
	"careshare/load/lake"
	"careshare/pipeline/config"
	"careshare/reports"
)

// Summary is what a run has to say: one screen as text, a contract as JSON.
type Summary struct {
	Run          string               `json:"run"`                // the run's id; empty for a plan
	AsAt         string               `json:"as_at"`              // RFC 3339, UTC
	Snapshot     string               `json:"snapshot,omitempty"` // its folder; empty for a plan
	Sources      []SourceRows         `json:"sources"`
	Datasets     []lake.Disclosure    `json:"datasets"`
	Withheld     []lake.WithheldCount `json:"withheld"`
	Conservation []lake.Conservation  `json:"conservation"`
	Unpublished  []config.Unpublished `json:"unpublished,omitempty"`   // what could not be published without a key
	Linkage      *LinkedPeople        `json:"linkage,omitempty"`       // of people with patients; null where the council has said no
	Warnings     []lake.Check         `json:"warnings"`                // checks that found something and do not block
	TraceRequest string               `json:"trace_request,omitempty"` // the request file that was put into the trace outbox; empty where nothing was asked
	Changes      []DecisionChange     `json:"changes,omitempty"`       // plan --against current: who would newly be shared or no longer be
	Extra        []string             `json:"extra"`                   // columns that a source has and its contract does not, source.table.column

	Verbose bool `json:"-"` // print every count
}

// SourceRows are the rows of one source, all its tables together. In = Out + Quarantined + Merged.
type SourceRows struct {
	Source      string `json:"source"`
	Tables      int    `json:"tables"`
	In          int64  `json:"rows_in"`
	Out         int64  `json:"rows_out"`
	Quarantined int64  `json:"quarantined"`
	Merged      int64  `json:"merged"`
}

func (j *Job) summarise(w *work) Summary {
	s := Summary{
		Run: w.snapshot.ID, AsAt: j.AsAt.UTC().Format("2006-01-02T15:04:05Z"), Snapshot: w.snapshot.Path,
		Sources: bySource(w.tables), Datasets: w.staged.Datasets, Withheld: w.staged.Withheld, Conservation: w.staged.Conservation, Unpublished: j.Unpublished, Linkage: j.linked,
	}
	for _, found := range w.decided.Checks {
		if found.Bad > 0 {
			s.Warnings = append(s.Warnings, lake.Check{Name: found.Check, Severity: found.Severity, Bad: found.Bad})
		}
	}
	for _, t := range w.tables {
		for _, column := range t.Extra {
			s.Extra = append(s.Extra, t.From+"."+t.Name+"."+column)
		}
	}
	return s
}

func bySource(tables []extract.Table) []SourceRows {
	var rows []SourceRows
	place := map[string]int{}
	for _, t := range tables {
		i, there := place[t.From]
		if !there {
			i = len(rows)
			place[t.From] = i
			rows = append(rows, SourceRows{Source: t.From})
		}
		r := &rows[i]
		r.Tables, r.In, r.Out = r.Tables+1, r.In+t.RowsIn, r.Out+t.RowsOut
		r.Quarantined, r.Merged = r.Quarantined+t.Quarantined, r.Merged+t.Merged
	}
	return rows
}

// Quarantined counts the rows that could not be read, of all sources.
func (s Summary) Quarantined() (rows int64) {
	for _, Source := range s.Sources {
		rows += Source.Quarantined
	}
	return rows
}

func (s Summary) Text(w io.Writer) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "As at %s\n\n", s.AsAt)
	s.sourcesText(table)
	s.datasetsText(table)
	if s.Verbose {
		s.conservationText(table)
	}
	for _, u := range s.Unpublished {
		u.Text(table)
	}
	s.Linkage.Text(table)
	s.warningsText(table)
	if len(s.Extra) > 0 {
		fmt.Fprintf(table, "left unread: %s that no contract names, such as %s\n", reports.Counted(len(s.Extra), "column"), s.Extra[0])
	}
	table.Flush()
	changesText(w, s.Changes)
	if !s.Verbose {
		s.accountText(w)
	}
	if s.TraceRequest != "" {
		fmt.Fprintf(w, "Asked the trace service: %s\n", s.TraceRequest)
	}
	if s.Snapshot != "" {
		fmt.Fprintf(w, "Published %s\n", s.Snapshot)
	} else {
		fmt.Fprintln(w, "Nothing was written.")
	}
}

func (s Summary) sourcesText(w io.Writer) {
	fmt.Fprintln(w, "SOURCE\tTABLES\tROWS IN\tTAKEN\tQUARANTINED\tMERGED")
	for _, r := range s.Sources {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\n", r.Source, r.Tables, r.In, r.Out, r.Quarantined, r.Merged)
	}
	fmt.Fprintln(w)
}

// warningsText prints every warning, two a line: none may be hidden, and the summary keeps to one screen.
func (s Summary) warningsText(w io.Writer) {
	for pair := range slices.Chunk(s.Warnings, 2) {
		words := make([]string, len(pair))
		for i, warning := range pair {
			words[i] = fmt.Sprintf("warning: %s: %s", warning.Name, reports.Counted(warning.Bad, "row"))
		}
		fmt.Fprintln(w, strings.Join(words, "; "))
	}
}

// accountText is the conservation of all datasets in one line.
func (s Summary) accountText(w io.Writer) {
	var all lake.Conservation
	for _, c := range s.Conservation {
		if c.Stage != "extract" {
			all.RowsIn, all.RowsOut, all.Withheld = all.RowsIn+c.RowsIn, all.RowsOut+c.RowsOut, all.Withheld+c.Withheld
			all.OutOfScope, all.Quarantined, all.Merged = all.OutOfScope+c.OutOfScope, all.Quarantined+c.Quarantined, all.Merged+c.Merged
		}
	}
	fmt.Fprintf(w, "Every row accounted for: of %d, %d shared, %d withheld, %d out of scope, %d quarantined, %d merged (--verbose: by dataset)\n",
		all.RowsIn, all.RowsOut, all.Withheld, all.OutOfScope, all.Quarantined, all.Merged)
}

// datasetsText shows each dataset about people and, beside it, why it was kept back for the most people. The others are
// counted: --json and `careshare datasets` have them.
func (s Summary) datasetsText(w io.Writer) {
	fmt.Fprintln(w, "DATASET\tAUDIENCE\tROWS\tPEOPLE\tWITHHELD\tWHY, MOST PEOPLE FIRST")
	others := map[string]int{}
	for _, d := range s.Datasets {
		if d.DecidedAs == "" {
			others[d.Audience]++
			continue
		}
		people := ""
		if d.People != nil {
			people = fmt.Sprint(*d.People)
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\n", d.Dataset, d.Audience, d.Rows, people, s.reasons(d.Dataset))
	}
	var words []string
	for _, audience := range slices.Sorted(maps.Keys(others)) {
		words = append(words, fmt.Sprintf("%d for %s", others[audience], audience))
	}
	fmt.Fprintf(w, "and %s\n\n", strings.Join(words, ", "))
}

// reasonsShown keeps the summary on one screen; --json and the dataset withheld have them all.
const reasonsShown = 3

// reasons are why people's rows of a dataset were kept back, most people first.
func (s Summary) reasons(dataset string) string {
	held := slices.DeleteFunc(slices.Clone(s.Withheld), func(w lake.WithheldCount) bool { return w.Dataset != dataset })
	slices.SortStableFunc(held, func(a, b lake.WithheldCount) int { return cmp.Compare(b.People, a.People) })
	var people int64
	var words []string
	for i, w := range held {
		people += w.People
		if i < reasonsShown {
			words = append(words, fmt.Sprintf("%s %d", w.Reason, w.People))
		}
	}
	if len(held) > reasonsShown {
		words = append(words, "…")
	}
	return fmt.Sprintf("%d\t%s", people, strings.Join(words, ", "))
}

// conservationText shows what became of every candidate row of each dataset; what became of a source's rows stands above.
func (s Summary) conservationText(w io.Writer) {
	fmt.Fprintln(w, "CONSERVATION\tROWS IN\tSHARED\tWITHHELD\tOUT OF SCOPE\tQUARANTINED\tMERGED")
	for _, c := range s.Conservation {
		if c.Stage != "extract" {
			fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\n", c.Table, c.RowsIn, c.RowsOut, c.Withheld, c.OutOfScope, c.Quarantined, c.Merged)
		}
	}
	fmt.Fprintln(w)
}
