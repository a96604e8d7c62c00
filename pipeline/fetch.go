package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"careshare/extract/fhir/bulk"
	"careshare/load/fault"
	"careshare/reports"
)

// Server is where a sender's bulk exports are fetched from (HL7 Bulk Data Access 3.0.0).
type Server struct {
	URL   string `yaml:"url"`   // the FHIR base, https
	Group string `yaml:"group"` // the Group of the people in scope, where the server has one; else all its patients are asked for

	ClientID string `yaml:"client_id"` // SMART Backend Services; empty: the server asks for no token
	KeyID    string `yaml:"key_id"`
	KeyFile  string `yaml:"key_file"` // PEM, for its owner's eyes only
	TokenURL string `yaml:"token_url"`
	Scope    string `yaml:"scope"`
	CAFile   string `yaml:"ca_file"` // certificates to trust beside the system's
}

// fetched is what each server gave.
type fetched struct {
	Exports []fetchedExport `json:"exports"`
}

type fetchedExport struct {
	Sender string `json:"sender"`
	bulk.Result
}

func (f fetched) Text(w io.Writer) {
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

func (p *program) fetchVerb() *cobra.Command {
	var sender string
	verb := &cobra.Command{
		Use:   "fetch",
		Short: "Fetch bulk exports from the health senders' servers into their folders",
		Args:  cobra.NoArgs,
		RunE: func(verb *cobra.Command, _ []string) error {
			config, err := readConfig(p.configPath)
			if err != nil {
				return err
			}
			got, err := p.fetch(verb.Context(), config, sender)
			if err != nil {
				return err
			}
			return p.print(got)
		},
	}
	verb.Flags().StringVar(&sender, "sender", "", "only this sender")
	return verb
}

func (p *program) fetch(ctx context.Context, c Config, only string) (got fetched, err error) {
	types, err := c.neededTypes()
	if err != nil {
		return fetched{}, err
	}
	for _, sender := range c.Health {
		if sender.Server == nil || only != "" && sender.Name != only {
			continue
		}
		p.Step("fetch " + sender.Name)
		result, err := bulk.Fetch(ctx, sender.export(p.Now().UTC().Format("20060102T150405.000Z"), types))
		if err != nil {
			return fetched{}, fmt.Errorf("fetch %s: %w", sender.Name, err)
		}
		got.Exports = append(got.Exports, fetchedExport{sender.Name, result})
	}
	if len(got.Exports) == 0 {
		return fetched{}, usage(fault.WithHint(errors.New("no sender of that name has a server"), "give health.server in the configuration"))
	}
	return got, nil
}

// neededTypes are the resource types that a model reads: no others are asked for.
func (c Config) neededTypes() ([]string, error) {
	models, err := c.rules().Models()
	if err != nil {
		return nil, err
	}
	views, err := c.neededViews(models)
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
func (s Sender) export(name string, types []string) bulk.Options {
	o := bulk.Options{
		Base: s.Server.URL, Level: bulk.Patient, Types: types, To: filepath.Join(s.Folder, name), State: filepath.Join(s.Folder, "since.json"),
		CAFile: s.Server.CAFile,
	}
	if s.Server.Group != "" {
		o.Level, o.GroupID = bulk.Group, s.Server.Group
	}
	if s.Server.ClientID != "" {
		o.Auth = &bulk.Auth{
			ClientID: s.Server.ClientID, KeyID: s.Server.KeyID, KeyFile: s.Server.KeyFile, TokenURL: s.Server.TokenURL, Scope: s.Server.Scope,
		}
	}
	return o
}
