package snapshot

import (
	"context"
	dbsql "database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"

	"careshare/load/fault"
	"careshare/load/lake"
	"careshare/pipeline/config"
	"careshare/pipeline/console"
	"careshare/pipeline/exit"
	"careshare/reports"
	"careshare/sql"
)

// Explanation is every decision about one person in one snapshot, oldest first.
type Explanation struct {
	Person  int64            `json:"person_id"`
	Run     string           `json:"run"`
	AsAt    time.Time        `json:"as_at"`
	Verdict string           `json:"verdict"` // the answer in one paragraph
	Exempt  []ExemptDatasets `json:"exempt"`  // what holds rows about the person without a decision, and by which law
	Said    []Statement      `json:"statements"`
	// Matches are how likely it is that a sender's patient is the person, part by part, where the linkage was asked.
	Matches []match `json:"matches"`
	Page    string  `json:"page,omitempty"` // the file that --html has named

	manifest lake.Manifest
}

// Statement is one thing that was decided or recorded.
type Statement struct {
	At      time.Time `json:"at"` // London's wall clock
	Subject string    `json:"subject"`
	Words   string    `json:"words"`
}

// when says the day and the time, or the day alone of what stands on a day, which is held as its midnight.
func (s Statement) when(day, clock string) string {
	if s.At.Equal(s.At.Truncate(24 * time.Hour)) {
		return s.At.Format(day)
	}
	return s.At.Format(day + clock)
}

// InWords is when as a person reads it.
func (s Statement) InWords() string { return s.when("2 January 2006", ", 15:04") }

func (e Explanation) Text(w io.Writer) {
	fmt.Fprintf(w, "Person %d in snapshot %s\n\n", e.Person, e.Run)
	if e.Verdict != "" {
		fmt.Fprintf(w, "%s\n\n", reports.Wrap(e.Verdict, verdictWidth))
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, s := range e.Said {
		fmt.Fprintf(table, "%s\t%s\t%s\n", s.when(time.DateOnly, " 15:04"), s.Subject, s.Words)
	}
	table.Flush()
	for _, m := range e.Matches {
		fmt.Fprintf(w, "\nHow the linkage weighs NHS number %s of %s, in bits:\n", m.NHSNumber, m.Sender)
		m.Text(w)
	}
	if e.Page != "" {
		fmt.Fprintln(w, "wrote", e.Page)
	}
}

// verdictWidth is how long a line of the verdict is on a terminal.
const verdictWidth = 100

// WritePage writes the explanation as a page that needs nothing else.
func (e Explanation) WritePage(w io.Writer) error {
	var rows [][]string
	for _, s := range e.Said {
		rows = append(rows, []string{s.InWords(), s.Subject, s.Words})
	}
	tables := []reports.Table{reports.TextTable("decisions", "What was asked and decided, oldest first", []string{"When", "About", "What"}, rows)}
	about := Source{Manifest: e.manifest}.About(fmt.Sprintf("report person-history --person %d", e.Person), fmt.Sprintf("Every decision about person %d", e.Person))
	return reports.Letter(w, about, []string{e.Verdict, "This page names one person's records and numbers: keep it where only those who decide about them can read it."}, append(tables, MatchTables(e.Matches)...))
}

// PersonID reads the case store's key. It is not repeated in the error: who types a name here must not see it logged.
func PersonID(text string) (int64, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, exit.Usage(fault.WithHint(errors.New("invalid PERSON"), "give Mosaic's person_id, such as 1000010; explain also takes an NHS number"))
	}
	return id, nil
}

// Explain collects every decision about a person in the current snapshot; the text is a person_id or an NHS number.
func Explain(ctx context.Context, p *console.Console, c config.Config, text string) (Explanation, error) {
	lake, err := c.OpenLake(p.Now)
	if err != nil {
		return Explanation{}, err
	}
	snapshot, err := lake.Current()
	if err != nil {
		return Explanation{}, err
	}
	manifest, err := snapshot.Manifest()
	if err != nil {
		return Explanation{}, err
	}
	db, err := Open(ctx, c, snapshot, manifest)
	if err != nil {
		return Explanation{}, err
	}
	defer db.Close()
	person, err := findPerson(ctx, db, text)
	if err != nil {
		return Explanation{}, err
	}
	e := Explanation{Person: person, Run: snapshot.ID, AsAt: manifest.AsAt, Matches: []match{}, manifest: manifest}
	if e.Said, err = AllStatements(ctx, db, c.Ruleset(), snapshot, manifest, person); err != nil {
		return Explanation{}, err
	}
	if e.Matches, err = MatchesOf(ctx, db, person); err != nil {
		return Explanation{}, err
	}
	log, err := lake.Log()
	if err != nil {
		return Explanation{}, err
	}
	stopped, err := Stops(log.Entries, person)
	if err != nil {
		return Explanation{}, err
	}
	if e.Exempt, err = exemptDatasets(ctx, db, manifest, person); err != nil {
		return Explanation{}, err
	}
	if e.Verdict, err = verdict(ctx, db, c.Ruleset(), person, e.Exempt, stopped); err != nil {
		return Explanation{}, fmt.Errorf("verdict: %w", err)
	}
	for _, s := range stopped {
		e.Said = append(e.Said, Statement{s.At, s.subject(), s.Entry.Reason})
	}
	if len(e.Said) == 0 && len(e.Exempt) == 0 {
		return Explanation{}, exit.Usage(fault.WithHint(fmt.Errorf("person %d is not in the current snapshot", person), "give Mosaic's person_id"))
	}
	slices.SortStableFunc(e.Said, func(a, b Statement) int { return a.At.Compare(b.At) })
	return e, nil
}

// explanations are the queries that explain what this snapshot holds.
func explanations(snapshot lake.Snapshot, manifest lake.Manifest) []string {
	queries := []string{"person"}
	if _, err := os.Stat(unread(snapshot)); err == nil {
		queries = append(queries, "unread")
	}
	if _, err := os.Stat(RefinedFile(snapshot, "int_unread_restrictions")); err == nil { // older versions kept none of these
		queries = append(queries, "refusals")
	}
	if _, published := snapshot.Dataset(manifest, "ssda903_episodes"); published {
		if _, published := snapshot.Dataset(manifest, "return_findings"); published {
			queries = append(queries, "ssda903")
		}
	}
	for _, dataset := range []string{"cpis_cohort", "cpis_uploads", "cpis_acknowledgements", "cpis_inactive_numbers", "cpis_notifications", "cpis_follow_ups", "cpis_failures"} {
		if _, published := snapshot.Dataset(manifest, dataset); !published {
			return queries
		}
	}
	return append(queries, "cpis")
}

// AllStatements are those of every query that explains, query by query.
func AllStatements(ctx context.Context, db *sql.DB, rules fs.FS, snapshot lake.Snapshot, manifest lake.Manifest, person int64) (said []Statement, err error) {
	for _, query := range explanations(snapshot, manifest) {
		found, err := statements(ctx, db, rules, query, person)
		if err != nil {
			return nil, err
		}
		said = append(said, found...)
	}
	return said, nil
}

// statements runs a query that explains; it is SQL, so that an analyst can read and correct it.
func statements(ctx context.Context, db *sql.DB, rules fs.FS, name string, person int64) ([]Statement, error) {
	query, err := fs.ReadFile(rules, "explain/"+name+".sql")
	if err != nil {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, string(query), dbsql.Named("person", person))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var said []Statement
	for rows.Next() {
		var s Statement
		if err := rows.Scan(&s.At, &s.Subject, &s.Words); err != nil {
			return nil, err
		}
		said = append(said, s)
	}
	return said, rows.Err()
}
