package config

import (
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"careshare/extract/pds"
	"careshare/pipeline/exit"
)

// PDS is the look-up in the Personal Demographics Service for urgent cases. Without a url nobody is looked up.
type PDS struct {
	URL        string  `yaml:"url"`         // such as https://api.service.nhs.uk/personal-demographics/FHIR/R4
	TokenURL   string  `yaml:"token_url"`   // such as https://api.service.nhs.uk/oauth2/token
	ClientID   string  `yaml:"client_id"`   // the application's API key
	KeyID      string  `yaml:"key_id"`      // kid of the public key that NHS England has
	KeyFile    string  `yaml:"key_file"`    // RSA private key (PEM), mode 0600
	CAFile     string  `yaml:"ca_file"`     // certificates to trust beside the system's
	PerSecond  float64 `yaml:"per_second"`  // requests a second at most
	MinScore   float64 `yaml:"min_score"`   // the least score of a match that counts
	UrgentDays int     `yaml:"urgent_days"` // a plan, or a time of being looked after, that began so many days ago is urgent
}

func defaultPDS() PDS { return PDS{PerSecond: 1, MinScore: 0.95, UrgentDays: 7} }

func (p PDS) options(now func() time.Time) pds.Options {
	return pds.Options{
		Base: p.URL, TokenURL: p.TokenURL, ClientID: p.ClientID, KeyID: p.KeyID, KeyFile: p.KeyFile, CAFile: p.CAFile,
		PerSecond: p.PerSecond, MinScore: p.MinScore, Now: now, ID: newID,
	}
}

func newID() (string, error) {
	id, err := uuid.NewRandomFromReader(rand.Reader)
	return id.String(), err
}

func (c Config) validatePDS() error {
	if c.PDS.URL == "" {
		return nil
	}
	var wrong []error
	if err := c.PDS.options(time.Now).Validate(); err != nil {
		wrong = append(wrong, prefixed("pds.", err))
	}
	if c.PDS.UrgentDays < 1 || c.PDS.UrgentDays > 366 {
		wrong = append(wrong, errors.New("pds.urgent_days: must be between 1 and 366"))
	}
	if c.Trace.Folder == "" || c.Trace.Outbox == "" {
		wrong = append(wrong, errors.New("pds: needs trace.folder and trace.outbox, since only people whom the trace rules select are looked up"))
	}
	return errors.Join(wrong...)
}

// Open opens PDS without connecting to it.
func (p PDS) Open(now func() time.Time) (*pds.Client, error) {
	if p.URL == "" {
		return nil, exit.Usage(fmt.Errorf("pds: the look-up is off; see pds: in careshare.yaml"))
	}
	return pds.New(p.options(now))
}
