package flow

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"careshare/load/lake"
	"careshare/pipeline/config"
	"careshare/pipeline/exit"
	"careshare/sql"
)

// safeguardNames are the figures that a run compares with the last snapshot's.
func safeguardNames(c config.Config) ([]string, error) {
	lists, err := sql.Lists(c.Ruleset())
	if err != nil {
		return nil, err
	}
	var names []string
	for _, list := range lists {
		for _, line := range list.Rows {
			if list.Name == "safeguard_limits" {
				names = append(names, line[0])
			}
		}
	}
	return names, nil
}

// Accept lets this run publish although the named safeguards are breached.
func (j *Job) Accept(names []string) error {
	known, err := safeguardNames(j.Config)
	if err != nil {
		return err
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return exit.Usage(fmt.Errorf("--accept: unknown safeguard %s; they are %s", name, strings.Join(known, ", ")))
		}
	}
	j.accepted = names
	return nil
}

// DecisionChange is one person and dataset that a run would decide otherwise than the current snapshot does.
type DecisionChange struct {
	PersonID int64  `json:"person_id"`
	Dataset  string `json:"dataset"`
	Before   string `json:"before"` // the decision, or none where the person was not known
	Now      string `json:"now"`
	Reason   string `json:"reason"` // of the new decision; of the old one where there is no new one
}

// changedDecisions compares the decisions of a plan with those of the current snapshot: shared then or now, and not both.
func (j *Job) changedDecisions(ctx context.Context, planned []lake.Disclosure, folder string) (changes []DecisionChange, err error) {
	l, err := j.Config.OpenLake(j.Now)
	if err != nil {
		return nil, err
	}
	current, err := l.Current()
	if err != nil {
		return nil, err
	}
	manifest, err := current.Manifest()
	if err != nil {
		return nil, err
	}
	before, published := current.Dataset(manifest, "decisions")
	at := slices.IndexFunc(planned, func(d lake.Disclosure) bool { return d.Dataset == "decisions" })
	if !published || at < 0 {
		return nil, errors.New("plan: --against current needs the dataset decisions in the agreement")
	}
	now := filepath.Join(folder, filepath.FromSlash(planned[at].Path))
	db, err := j.Config.OpenAside(ctx, filepath.Dir(before), filepath.Dir(now))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	query := `select coalesce(now.person_id, before.person_id), coalesce(now.dataset, before.dataset), coalesce(before.decision, 'none'),
			coalesce(now.decision, 'none'), coalesce(now.reason, before.reason, '')
		from ` + sql.ParquetFile(now) + ` as now
		full outer join ` + sql.ParquetFile(before) + ` as before on before.person_id = now.person_id and before.dataset = now.dataset
		where (coalesce(now.decision, '') = 'shared') <> (coalesce(before.decision, '') = 'shared')
		order by coalesce(now.decision, '') = 'shared' desc, 1, 2`
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, sql.WithoutValues(err)
	}
	defer rows.Close()
	for rows.Next() {
		var c DecisionChange
		if err := rows.Scan(&c.PersonID, &c.Dataset, &c.Before, &c.Now, &c.Reason); err != nil {
			return nil, sql.WithoutValues(err)
		}
		changes = append(changes, c)
	}
	return changes, sql.WithoutValues(rows.Err())
}

func changesText(w io.Writer, changes []DecisionChange) {
	if len(changes) == 0 {
		return
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "PERSON\tDATASET\tBEFORE\tNOW\tREASON")
	for _, c := range changes {
		fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\n", c.PersonID, c.Dataset, c.Before, c.Now, c.Reason)
	}
	table.Flush()
}
