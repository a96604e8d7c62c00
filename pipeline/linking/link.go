// Package linking links any two tables, or one with itself, for the command link.
package linking

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"text/tabwriter"

	"careshare/pipeline/config"
	"careshare/pipeline/exit"
	"careshare/reports"
	"careshare/sql"
	"careshare/sql/shown"
	"careshare/transform/linkage"
)

// Options are what the link command was asked for.
type Options struct {
	Left, Right, Mapping      string
	ID, Truth, TruthPattern   string
	Threshold, Margin, Review float64
	Pairs, Clusters, Explain  string
	Decisions                 string
	Memory                    string
	IsThreshold, IsMargin     bool
	FalseLinks                float64
	IsReview, IsFalseLinks    bool
}

// Linked is the result of a linkage: figures, where the rows went, and one pair's waterfall where it was asked for.
type Linked struct {
	linkage.Result
	PairsFile    string             `json:"pairs_file,omitempty"`
	ClustersFile string             `json:"clusters_file,omitempty"`
	Thresholds   linkThresholds     `json:"thresholds"`
	Explained    *linkage.Waterfall `json:"explained,omitempty"`
}

// linkThresholds are what pairs were judged by, in bits.
type linkThresholds struct {
	Accept float64 `json:"accept"`
	Margin float64 `json:"margin"`
	Review float64 `json:"review"`
}

func (l Linked) Text(w io.Writer) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "records\t%d left, %d right\n", l.LeftRecords, l.RightRecords)
	fmt.Fprintf(table, "compared\t%s, by %s of distinct names and texts\n", reports.Counted(l.Candidates, "pair"), reports.Counted(l.ComparedWords, "pair"))
	fmt.Fprintf(table, "accepted\t%s at %g bits, %g ahead of the next\n", reports.Counted(l.Accepted, "pair"), l.Thresholds.Accept, l.Thresholds.Margin)
	fmt.Fprintf(table, "review\t%s\n", reports.Counted(l.Review, "pair"))
	fmt.Fprintf(table, "clusters\t%d of two records or more\n", l.Clusters)
	for _, b := range l.Blocks {
		if b.WideKeys > 0 {
			WideText(table, b)
		}
	}
	_ = table.Flush()
	if l.Measures != nil {
		measuresText(w, *l.Measures)
	}
	if l.Explained != nil {
		fmt.Fprintln(w)
		l.Explained.Text(w)
	}
}

// WideText says what a rule has left out, so that nothing is dropped in silence.
func WideText(w io.Writer, b linkage.Block) {
	fmt.Fprintf(w, "too wide\t%s: %s, %s not made by this rule, %d by the widest\n", b.Rule, reports.Counted(b.WideKeys, "value"), reports.Counted(b.PairsLeftOut, "pair"), b.WidestKey)
}

func measuresText(w io.Writer, m linkage.Measures) {
	fmt.Fprintf(w, "\nBy the labels, %s:\n", reports.Counted(m.TruePairs, "true pair"))
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "\tpairs\ttrue\tprecision\trecall\tF1\t")
	line := func(name string, q linkage.Quality) {
		fmt.Fprintf(table, "%s\t%d\t%d\t%.4f\t%.4f\t%.4f\t\n", name, q.Pairs, q.True, q.Precision, q.Recall, q.F1)
	}
	line("accepted", m.Accepted)
	line("in one cluster", m.Clusters)
	for _, c := range m.Thresholds {
		line(fmt.Sprintf("%g bits or more", c.Threshold), c.Quality)
	}
	_ = table.Flush()
}

// Link reads the files into an engine of their own, links them and writes what was asked for.
func Link(ctx context.Context, o Options) (Linked, error) {
	options, err := o.options()
	if err != nil {
		return Linked{}, exit.Usage(fmt.Errorf("link: %w", err))
	}
	private, err := os.MkdirTemp("", "careshare-")
	if err != nil {
		return Linked{}, err
	}
	defer os.RemoveAll(private)
	db, err := sql.Open(ctx, sql.Options{Memory: o.Memory, Threads: config.DefaultThreads(), Allow: append(o.folders(), private)})
	if err != nil {
		return Linked{}, err
	}
	defer db.Close()
	if err := readSides(ctx, db, o, options, private); err != nil {
		return Linked{}, exit.Usage(fmt.Errorf("link: %w", err))
	}
	if err := o.checkDecisions(ctx, db); err != nil {
		return Linked{}, exit.Usage(fmt.Errorf("link: %w", err))
	}
	result, err := linkage.Link(ctx, db, options)
	if err != nil {
		return Linked{}, o.said(err)
	}
	l := Linked{Result: result, Thresholds: linkThresholds{result.Calibration.Threshold, options.Margin, options.Review}}
	return l, l.hand(ctx, db, o)
}

// options are the engine's, from the flags and the map.
func (o Options) options() (linkage.Options, error) {
	if o.Left == "" || o.Mapping == "" {
		return linkage.Options{}, errors.New("--left and --map are wanted")
	}
	m, err := readMap(o.Mapping)
	if err != nil {
		return linkage.Options{}, err
	}
	options := linkage.Defaults(o.Right == "")
	if o.IsReview {
		options.Review = o.Review
	}
	if o.IsFalseLinks {
		options.FalseLinkRate = o.FalseLinks
	}
	if o.IsThreshold {
		options.FalseLinkRate = 0
		options.Threshold = o.Threshold
		options.Review = min(options.Review, o.Threshold)
		options.Keep = min(options.Keep, options.Review)
	}
	if o.IsMargin {
		options.Margin = o.Margin
	}
	options.Fields = m.fields
	side := linkage.Relation{ID: first(o.ID, m.ID), Truth: first(o.Truth, m.Truth), TruthPattern: first(o.TruthPattern, m.TruthPattern)}
	options.Left, options.Right = side, side
	options.Left.Name = "left_side"
	if o.Right != "" {
		options.Right.Name = "right_side"
	}
	if o.Decisions != "" {
		options.Decided = "(select left_id, right_id, lower(trim(decision)) = 'accept' as is_match from decisions_side)"
	}
	return options, options.Validate()
}

func first(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// folders are all that the engine may touch.
func (o Options) folders() []string {
	var folders []string
	for _, file := range []string{o.Left, o.Right, o.Pairs, o.Clusters, o.Decisions} {
		if file != "" {
			folders = append(folders, filepath.Dir(absolute(file)))
		}
	}
	return folders
}

// absolute is a path that means the same to the engine; where the working folder is gone, it is as it was given.
func absolute(path string) string {
	if whole, err := filepath.Abs(path); err == nil {
		return whole
	}
	return path
}

// checkDecisions says where a file of decisions is no such file.
func (o Options) checkDecisions(ctx context.Context, db *sql.DB) error {
	if o.Decisions == "" {
		return nil
	}
	var others int64
	err := db.QueryRowContext(ctx, `select count(*) from (select left_id, right_id, decision from decisions_side)
		where coalesce(lower(trim(decision)), '') not in ('accept', 'reject') or left_id is null or right_id is null`).Scan(&others)
	if err != nil {
		return fmt.Errorf("%s: the columns left_id, right_id and decision are wanted", o.Decisions)
	}
	if others > 0 {
		return fmt.Errorf("%s: %s without ids, or that decide neither accept nor reject", o.Decisions, reports.Counted(others, "row"))
	}
	return nil
}

// doubled writes a column's name as SQL.
func doubled(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// said is an error in the user's words: the files' names, and whose fault it is.
func (o Options) said(err error) error {
	var wrong linkage.MapError
	if errors.As(err, &wrong) {
		return exit.Usage(errors.New(strings.NewReplacer("left_side", o.Left, "right_side", o.Right).Replace(err.Error())))
	}
	return withoutRow(err)
}

// withoutRow keeps of the reader's complaint where it is, and nothing of what is there.
func withoutRow(err error) error {
	switch {
	case err == nil:
		return nil
	case !strings.Contains(err.Error(), "CSV Error"):
		said, _, _ := strings.Cut(err.Error(), "\n") // then comes the query
		return errors.New(shown.WithoutQuotes(said)) // it quotes the file's header
	}
	where := regexp.MustCompile(`Line: \d+`).FindString(err.Error())
	return exit.Usage(fmt.Errorf("link: a line does not fit the header (%s)", strings.ToLower(first(where, "line unknown"))))
}

// hand writes the files and the explanation that were asked for.
func (l *Linked) hand(ctx context.Context, db *sql.DB, o Options) error {
	for _, file := range []struct{ table, path string }{{linkage.Pairs, o.Pairs}, {linkage.Clusters, o.Clusters}} {
		if file.path != "" {
			if err := linkage.Write(ctx, db, file.table, absolute(file.path)); err != nil {
				return err
			}
		}
	}
	l.PairsFile, l.ClustersFile = o.Pairs, o.Clusters
	if o.Explain == "" {
		return nil
	}
	left, right, found := strings.Cut(o.Explain, ",")
	if !found {
		return exit.Usage(errors.New("link: --explain needs LEFT_ID,RIGHT_ID"))
	}
	w, err := linkage.Explain(ctx, db, l.Parameters, strings.TrimSpace(left), strings.TrimSpace(right))
	l.Explained = &w
	return err
}
