package reporting

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"careshare/load/audit"
	"careshare/load/fault"
	"careshare/load/lake"
	"careshare/pipeline/config"
	"careshare/pipeline/snapshot"
	"careshare/reports"
	"careshare/schedules/london"
	"careshare/sql"
)

// personHistory is one person's whole history for a subject access answer: what was decided and asked, what each snapshot
// that is still kept gave to whom, and when the council stopped sharing.
type personHistory struct {
	person  int64
	lake    *lake.Lake
	config  config.Config
	upTo    lake.Snapshot
	sources []lake.Snapshot // that are kept, oldest first, none later than upTo
}

func (h personHistory) make(ctx context.Context, from snapshot.Source) error {
	decided, err := h.decided(ctx, from)
	if err != nil {
		return err
	}
	shared, err := h.shared(ctx)
	if err != nil {
		return err
	}
	matches, err := snapshot.MatchesOf(ctx, from.DB, h.person)
	if err != nil {
		return err
	}
	stopped, err := h.stopped()
	if err != nil {
		return err
	}
	if len(decided)+len(shared)+len(stopped)+len(matches) == 0 { // a number mistyped must not be answered "nothing was shared"
		return fault.WithHint(errors.New("no snapshot that is kept knows such a person"), "the number is the case store's person_id")
	}
	tables := append([]reports.Table{
		reports.TextTable("decisions", "What was asked and decided, oldest first", []string{"When", "About", "What"}, decided),
		reports.TextTable("disclosures", "What was shared, in each snapshot that is still kept",
			[]string{"As at", "What", "To whom", "For which purpose", "Legal basis", "Consent", "Agreement", "Rows"}, shared),
		reports.TextTable("stopped", "When the council stopped sharing by its own word", []string{"When", "What", "Why", "Recorded in"}, stopped),
	}, snapshot.MatchTables(matches)...)
	about := from.About("report person-history --person NUMBER", "What was recorded, decided and shared about one person")
	return from.Write("person-history.html", func(w io.Writer) error {
		return reports.Letter(w, about, []string{
			"This is what careshare holds about the person whose number in the council's case store is " + fmt.Sprint(h.person) + ".",
			"It says what was asked and answered, what was decided and why, and what was given to whom. It does not repeat what the shared records themselves say.",
		}, tables)
	})
}

func (h personHistory) decided(ctx context.Context, from snapshot.Source) (rows [][]string, err error) {
	said, err := snapshot.AllStatements(ctx, from.DB, h.config.Ruleset(), h.upTo, from.Manifest, h.person)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(said, func(a, b snapshot.Statement) int { return a.At.Compare(b.At) })
	for _, s := range said {
		rows = append(rows, []string{s.InWords(), strings.ReplaceAll(s.Subject, "_", " "), s.Words})
	}
	return rows, nil
}

// shared reads the disclosures of every snapshot that is kept.
func (h personHistory) shared(ctx context.Context) (rows [][]string, err error) {
	for _, s := range h.sources {
		found, err := h.sharedIn(ctx, s)
		if err != nil {
			return nil, fmt.Errorf("read the disclosures of %s: %w", s.ID, err)
		}
		rows = append(rows, found...)
	}
	return rows, nil
}

func (h personHistory) sharedIn(ctx context.Context, s lake.Snapshot) (rows [][]string, err error) {
	manifest, err := s.Manifest()
	if err != nil {
		return nil, err
	}
	file, published := s.Dataset(manifest, "disclosures")
	if !published {
		return nil, nil
	}
	db, err := snapshot.Open(ctx, h.config, s, lake.Manifest{AsAt: manifest.AsAt})
	if err != nil {
		return nil, err
	}
	defer db.Close()
	at, err := london.In(manifest.AsAt)
	if err != nil {
		return nil, err
	}
	from := snapshot.Source{DB: db, Manifest: manifest}
	query := `select replace(dataset, '_', ' '), case direction when 'in' then 'the council, about health: ' when 'out' then 'health, about social care: ' else '' end || audience,
		purpose, coalesce(replace(legal_basis, '_', ' '), 'none recorded'), coalesce('request ' || consent_request_id, 'not asked'), agreement_version, cast(count_rows as varchar)
		from ` + sql.ParquetFile(filepath.ToSlash(file)) + ` where person_id = ? order by dataset`
	for cells, err := range from.Rows(ctx, query, h.person) {
		if err != nil {
			return nil, err
		}
		row := []string{london.Words(at)}
		for _, cell := range cells {
			row = append(row, strings.Clone(cell.Text))
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func (h personHistory) stopped() (rows [][]string, err error) {
	log, err := h.lake.Log()
	if err != nil {
		return nil, err
	}
	manifest, err := h.upTo.Manifest()
	if err != nil {
		return nil, err
	}
	stopped, err := snapshot.Stops(log.Entries[:manifest.Audit.Size], h.person) // what the report's root proves, so that it can be made again
	if err != nil {
		return nil, err
	}
	for _, s := range stopped {
		what := map[audit.Event]string{audit.Withheld: "The council stopped sharing", audit.Lifted: "The council lifted that"}[s.Entry.Event]
		rows = append(rows, []string{london.Words(s.At), what, s.Entry.Reason, fmt.Sprintf("audit log entry %d", s.Entry.Number)})
	}
	return rows, nil
}
