package bulk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const fhirJSON = "application/fhir+json"

// kickOff asks for an export and returns where to ask how it stands.
func (c *client) kickOff(ctx context.Context, since string) (location string, err error) {
	a := ask{method: http.MethodGet, url: c.o.endpoint(), withToken: true, header: map[string]string{"Accept": fhirJSON, "Prefer": "respond-async"}}
	if len(c.o.Patients) > 0 {
		body, err := json.Marshal(c.o.parameters(since))
		if err != nil {
			return "", fmt.Errorf("kick off: %w", err)
		}
		a.method, a.body, a.header["Content-Type"] = http.MethodPost, func() io.Reader { return bytes.NewReader(body) }, fhirJSON
	} else if query := c.o.query(since).Encode(); query != "" {
		a.url += "?" + query
	}
	err = c.do(ctx, a, func(response *http.Response) error {
		at, err := response.Request.URL.Parse(response.Header.Get("Content-Location"))
		if response.StatusCode != http.StatusAccepted || err != nil || response.Header.Get("Content-Location") == "" {
			return permanent{fmt.Errorf("the server answered %d and began no export", response.StatusCode)}
		}
		location = at.String()
		return nil
	})
	if statusOf(err) == http.StatusNotFound && c.o.Level == Group {
		err = permanent{fmt.Errorf("the server knows no group %s: %w", c.o.GroupID, err)}
	}
	if err != nil {
		return "", fmt.Errorf("kick off: %w", err)
	}
	return location, nil
}

func (o Options) query(since string) url.Values {
	query := url.Values{}
	if since != "" {
		query.Set("_since", since)
	}
	if len(o.Types) > 0 {
		query.Set("_type", strings.Join(o.Types, ","))
	}
	for _, filter := range o.TypeFilters {
		query.Add("_typeFilter", filter)
	}
	return query
}

// parameter is one parameter of a FHIR Parameters resource.
type parameter struct {
	Name      string            `json:"name"`
	String    string            `json:"valueString,omitempty"`
	Instant   string            `json:"valueInstant,omitempty"`
	Reference map[string]string `json:"valueReference,omitempty"`
}

type parameters struct {
	ResourceType string      `json:"resourceType"`
	Parameter    []parameter `json:"parameter"`
}

func (o Options) parameters(since string) parameters {
	p := parameters{ResourceType: "Parameters"}
	for _, id := range o.Patients {
		p.Parameter = append(p.Parameter, parameter{Name: "patient", Reference: map[string]string{"reference": "Patient/" + id}})
	}
	if since != "" {
		p.Parameter = append(p.Parameter, parameter{Name: "_since", Instant: since})
	}
	if len(o.Types) > 0 {
		p.Parameter = append(p.Parameter, parameter{Name: "_type", String: strings.Join(o.Types, ",")})
	}
	for _, filter := range o.TypeFilters {
		p.Parameter = append(p.Parameter, parameter{Name: "_typeFilter", String: filter})
	}
	return p
}

// await polls until the export is complete and returns its manifest, all pages of it. If the manifest is not the one
// that the job has seen, the export is stale.
func (c *client) await(ctx context.Context, j *job) (*Manifest, error) {
	whole, err := c.poll(ctx, j, j.Location)
	if err != nil {
		return nil, fmt.Errorf("wait for the manifest: %w", err)
	}
	seen := map[string]bool{j.Location: true}
	for next := whole.next(); next != ""; {
		if seen[next] || len(seen) > c.o.Limits.Files {
			return nil, permanent{errors.New("the manifest's pages do not end")}
		}
		seen[next] = true
		page, err := c.poll(ctx, j, next)
		if err != nil {
			return nil, fmt.Errorf("wait for the manifest's next page: %w", err)
		}
		if err := whole.add(*page); err != nil {
			return nil, err
		}
		next = page.next()
	}
	whole.Link = nil
	return whole, c.recognise(j, whole)
}

// recognise holds the manifest against the one that the job has seen.
func (c *client) recognise(j *job, m *Manifest) error {
	if len(m.entries()) > c.o.Limits.Files {
		return permanent{fmt.Errorf("an export of over %d files", c.o.Limits.Files)}
	}
	if j.Print != "" && j.Print != m.print() {
		return fmt.Errorf("%w: its manifest changed", errStale)
	}
	if j.Print != "" {
		return nil
	}
	j.Print = m.print()
	return c.saveJob(j)
}

// poll asks one location until it answers with a manifest: as often as the server says, else ever less often.
func (c *client) poll(ctx context.Context, j *job, location string) (*Manifest, error) {
	deadline := c.o.Now().Add(c.o.Limits.Wait)
	for attempt := 1; ; attempt++ {
		manifest, wait, err := c.status(ctx, j, location)
		if err != nil || manifest != nil {
			return manifest, err
		}
		if c.o.Now().After(deadline) {
			return nil, fmt.Errorf("no manifest within %s", c.o.Limits.Wait)
		}
		if err := c.pause(ctx, attempt, wait); err != nil {
			return nil, err
		}
	}
}

// status asks once how the export stands. Without a manifest it is in work.
func (c *client) status(ctx context.Context, j *job, location string) (manifest *Manifest, wait time.Duration, err error) {
	a := ask{method: http.MethodGet, url: location, withToken: true, header: map[string]string{"Accept": "application/json"}}
	err = c.do(ctx, a, func(response *http.Response) error {
		if response.StatusCode == http.StatusAccepted { // it may hold a part of the manifest, which comes again whole
			wait = c.retryAfter(response)
			return nil
		}
		manifest = &Manifest{}
		if err := c.decode(response, manifest); err != nil {
			return err
		}
		if err := manifest.resolve(response.Request.URL); err != nil {
			return permanent{err}
		}
		j.expires, _ = http.ParseTime(response.Header.Get("Expires")) // zero: it does not say
		return nil
	})
	if status := statusOf(err); status == http.StatusNotFound || status == http.StatusGone {
		err = fmt.Errorf("%w: %w", errStale, err)
	}
	return manifest, wait, err
}

// resolve checks a manifest and makes its addresses whole.
func (m *Manifest) resolve(base *url.URL) error {
	if err := m.check(); err != nil {
		return err
	}
	var addresses []*string
	for _, entry := range m.entries() {
		addresses = append(addresses, &entry.URL)
		if entry.ContinuesInFile != "" {
			addresses = append(addresses, &entry.ContinuesInFile)
		}
	}
	for i := range m.Link {
		addresses = append(addresses, &m.Link[i].URL)
	}
	for _, address := range addresses {
		at, err := base.Parse(*address)
		if err != nil || at.Scheme != "https" {
			return errors.New("the manifest holds an address that does not begin with https")
		}
		*address = at.String()
	}
	return nil
}

// deleteJob tells the server that we are done with the export, in a little time of its own, since the run may be
// ending. One that has forgotten the export says no, and one that never learns of this lets it expire: no fault of ours.
func (c *client) deleteJob(ctx context.Context, location string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	a := ask{method: http.MethodDelete, url: location, withToken: true, header: map[string]string{"Accept": fhirJSON}}
	_ = c.do(ctx, a, func(*http.Response) error { return nil })
}
