// Package fetch gets bulk exports from the servers of health senders.
package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"careshare/extract/fhir/bulk"
	"careshare/load/fault"
	"careshare/pipeline/config"
	"careshare/pipeline/console"
	"careshare/pipeline/exit"
	"careshare/pipeline/views"
	"careshare/reports"
)

// Fetched is what each server gave.
type Fetched struct {
	Exports []fetchedExport `json:"exports"`
}

type fetchedExport struct {
	Sender string `json:"sender"`
	bulk.Result
}

func (f Fetched) Text(w io.Writer) {
	for _, e := range f.Exports {
		if e.Folder == "" {
			fmt.Fprintf(w, "%s: nothing has changed since %s\n", e.Sender, e.Since)
			continue
		}
		what := "everything"
		if e.Since != "" {
			what = "what changed since " + e.Since
		}
		fmt.Fprintf(w, "%s: %s, %s, %s, %d deleted, in %s\n", e.Sender, what, reports.Counted(e.Files, "file"), reports.Counted(e.Resources, "resource"), e.Deleted, e.Folder)
	}
}

// Fetch asks each sender's server for an export. One that fails does not stop the others: its error is returned beside what they gave.
func Fetch(ctx context.Context, p *console.Console, c config.Config, only string) (got Fetched, err error) {
	types, err := neededTypes(c)
	if err != nil {
		return Fetched{}, err
	}
	asked, failed := 0, []error{}
	for _, sender := range c.Health {
		if sender.Server == nil || only != "" && sender.Name != only {
			continue
		}
		asked++
		p.Step("fetch " + sender.Name)
		result, err := bulk.Fetch(ctx, export(sender, p.Now().UTC().Format("20060102T150405.000Z"), types))
		if err != nil {
			failed = append(failed, fmt.Errorf("fetch %s: %w", sender.Name, err))
			if ctx.Err() != nil {
				break
			}
			continue
		}
		got.Exports = append(got.Exports, fetchedExport{sender.Name, result})
	}
	if asked == 0 {
		return Fetched{}, exit.Usage(fault.WithHint(errors.New("no sender of that name has a server"), "give health.server in the configuration"))
	}
	return got, errors.Join(failed...)
}

// neededTypes are the resource types that a model reads: no others are asked for.
func neededTypes(c config.Config) ([]string, error) {
	models, err := c.Ruleset().Models()
	if err != nil {
		return nil, err
	}
	views, err := views.NeededViews(c, models)
	if err != nil {
		return nil, err
	}
	var types []string
	for _, view := range views {
		types = append(types, view.Resource)
	}
	return types, nil
}

// export is what to ask of a sender's server: all of its people in scope the first time, afterwards what changed.
func export(s config.Sender, name string, types []string) bulk.Options {
	o := bulk.Options{
		Base: s.Server.URL, Level: bulk.Patient, Types: types, To: filepath.Join(s.Folder, name), State: filepath.Join(s.Folder, "since.json"),
		CAFile: s.Server.CAFile,
	}
	if len(s.Server.Types) > 0 {
		o.Types = s.Server.Types
	}
	if s.Server.Group != "" {
		o.Level, o.GroupID = bulk.Group, s.Server.Group
	}
	if s.Server.ClientID != "" {
		o.Auth = &bulk.Auth{
			ClientID: s.Server.ClientID, KeyID: s.Server.KeyID, KeyFile: s.Server.KeyFile, Algorithm: s.Server.Algorithm, TokenURL: s.Server.TokenURL, Scope: s.Server.Scope,
		}
	}
	return o
}
