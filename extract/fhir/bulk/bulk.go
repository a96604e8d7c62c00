// Package bulk fetches FHIR Bulk Data exports (HL7 Bulk Data Access 3.0.0) from a server into folders that the rest of
// the program reads: the manifest and its files, whole or not at all.
package bulk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Level is whom an export speaks of.
type Level string

// The levels of an export. Only the people in scope should be asked for: by Group or Patient with Options.Patients
// where the server offers it.
const (
	System  Level = "system"
	Patient Level = "patient"
	Group   Level = "group"
)

// Options says what to fetch, from where, and to which folder.
type Options struct {
	Base        string   // the server's FHIR base, https only
	Level       Level    //
	GroupID     string   // for Group
	Patients    []string // ids of patients, for Patient and Group; asked for by POST
	Types       []string // resource types; none means all that the server allows
	TypeFilters []string // search expressions such as "Condition?verification-status=confirmed"

	To     string // the export's own folder; must not exist, and exists only when the export is whole
	State  string // file that carries transactionTime to the next export as _since; empty: always everything
	CAFile string // PEM certificates to trust beside the system's
	Auth   *Auth  // SMART Backend Services; nil for a server that asks for no token
	Limits Limits

	Now    func() time.Time                           // nil: time.Now
	Sleep  func(context.Context, time.Duration) error // nil: a timer that the context ends
	Random func() float64                             // jitter in [0, 1); nil: math/rand
}

// Limits caps what a server may ask of us. A zero takes the default.
type Limits struct {
	Wait        time.Duration // from the kick-off to the manifest; 24 hours
	Request     time.Duration // one request, a file's download too; 2 hours
	FileBytes   int64         // one file, unpacked; 32 GiB
	AnswerBytes int64         // one manifest or other answer; 16 MiB
	Files       int           // files of one export; 10,000
	Attempts    int           // of one request; 6
}

// Validate returns the first thing that is missing or cannot be asked for.
func (o Options) Validate() error {
	base, err := url.Parse(o.Base)
	switch {
	case err != nil || base.Scheme != "https" || base.Host == "":
		return errors.New("bulk: the server's base must be an https URL")
	case o.Level != System && o.Level != Patient && o.Level != Group:
		return errors.New("bulk: level is none of system, patient, group")
	case (o.Level == Group) != (o.GroupID != ""):
		return errors.New("bulk: a group id goes with level group, and only with it")
	case o.Level == System && len(o.Patients) > 0:
		return errors.New("bulk: a list of patients does not go with level system")
	case o.To == "":
		return errors.New("bulk: the folder to write to is missing")
	}
	return o.Auth.validate()
}

// Result is what an export brought.
type Result struct {
	Folder          string         `json:"folder"`           // empty where nothing had changed: then no folder is left
	TransactionTime string         `json:"transaction_time"` // the server's, as it wrote it
	Since           string         `json:"since"`            // what was asked for; empty: everything
	Files           int            `json:"files"`            // output and deleted
	Resources       int64          `json:"resources"`        // lines of the output files
	Deleted         int64          `json:"deleted"`          // lines of the deleted files
	Outcomes        map[string]int `json:"outcomes"`         // issues of the error files, by "severity code"
	Partial         bool           `json:"partial"`          // some were errors: the next export asks from the same time again
}

// errStale is why an export must begin anew: the server forgot or changed it. What was downloaded goes.
var errStale = errors.New("the server's export is gone or has changed")

// starts is how often one call kicks off an export that goes stale.
const starts = 3

// Fetch asks for an export, waits for it and downloads it. An export that a crash or a broken network left in work is
// taken up where it stood; a cancelled one is deleted on the server and here.
func Fetch(ctx context.Context, o Options) (Result, error) {
	if err := o.Validate(); err != nil {
		return Result{}, err
	}
	c, err := newClient(o)
	if err != nil {
		return Result{}, fmt.Errorf("fetch export: %w", err)
	}
	defer c.close()
	for start := 1; ; start++ {
		result, err := c.fetch(ctx)
		if errors.Is(err, errStale) && start < starts {
			continue
		}
		if err != nil {
			return Result{}, fmt.Errorf("fetch export: %w", err)
		}
		return result, nil
	}
}

// fetch is one export from kick-off to folder.
func (c *client) fetch(ctx context.Context) (result Result, err error) {
	job, err := c.takeUp(ctx)
	if err != nil {
		return Result{}, err
	}
	defer func() { c.leave(ctx, job, err) }()
	if job.Location == "" {
		if job.Location, err = c.kickOff(ctx, job.Since); err != nil {
			return Result{}, err
		}
		if err = c.saveJob(job); err != nil {
			return Result{}, err
		}
	}
	manifest, err := c.await(ctx, job)
	if err != nil {
		return Result{}, err
	}
	result = Result{Folder: c.o.To, TransactionTime: manifest.TransactionTime, Since: job.Since}
	if err = c.download(ctx, job, manifest, &result); err != nil {
		return Result{}, err
	}
	if c.o.Level == Group && result.Since == "" && result.Resources == 0 {
		return Result{}, permanent{fmt.Errorf("the server gave nothing for group %s: ask whether it knows the group", c.o.GroupID)}
	}
	if result.isNothing() {
		result.Folder = ""
	}
	return result, c.finish(*manifest, result)
}

// isNothing says that nothing has changed since the last export.
func (r Result) isNothing() bool {
	return r.Since != "" && r.Resources == 0 && r.Deleted == 0 && len(r.Outcomes) == 0
}

// leave lets go of the job as its end demands. Only what a later call can take up again stays: a finished, cancelled
// or refused export is deleted on the server, and its files here.
func (c *client) leave(ctx context.Context, j *job, err error) {
	if err != nil && ctx.Err() == nil && !errors.Is(err, errStale) && !errors.As(err, &permanent{}) {
		return
	}
	if j.Location != "" {
		c.deleteJob(ctx, j.Location)
	}
	c.dropPartial()
}

func (l Limits) withDefaults() Limits {
	return Limits{
		Wait: cmp.Or(l.Wait, 24*time.Hour), Request: cmp.Or(l.Request, 2*time.Hour), FileBytes: cmp.Or(l.FileBytes, 32<<30),
		AnswerBytes: cmp.Or(l.AnswerBytes, 16<<20), Files: cmp.Or(l.Files, 10_000), Attempts: cmp.Or(l.Attempts, 6),
	}
}

// endpoint is the URL of the export's kick-off.
func (o Options) endpoint() string {
	base := strings.TrimRight(o.Base, "/")
	switch o.Level {
	case Patient:
		return base + "/Patient/$export"
	case Group:
		return base + "/Group/" + url.PathEscape(o.GroupID) + "/$export"
	}
	return base + "/$export"
}
