package config

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
)

// Sender is one health sender: a folder that holds one bulk export, or several in folders of their own, oldest name first.
type Sender struct {
	Name   string   `yaml:"sender"`
	Folder string   `yaml:"folder"`
	Base   []string `yaml:"base"`   // addresses of the sender's own FHIR server: absolute references are followed only below them
	Server *Server  `yaml:"server"` // where `fetch` gets them from; nil: they arrive by other means
}

// Bases are the addresses of the sender's own server: those declared, and the one that exports are fetched from.
func (s Sender) Bases() []string {
	bases := slices.Clone(s.Base)
	if s.Server != nil && s.Server.URL != "" {
		bases = append(bases, s.Server.URL)
	}
	return bases
}

// senderName is what a sender may be called: it names folders and is in each row of health data.
var senderName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`)

// baseForm is the address of a FHIR server.
var baseForm = regexp.MustCompile(`^https?://[^/\s?#]+(/[^\s?#]*)?$`)

// validateSenders holds that rows of two senders can be told apart, and that who shares the integrated teams' records is one of them.
func validateSenders(senders []Sender, integrated []string) error {
	var wrong []error
	if len(senders) == 0 {
		wrong = append(wrong, errors.New("health: name at least one sender"))
	}
	var names []string
	for i, s := range senders {
		switch {
		case s.Name == "" || s.Folder == "":
			wrong = append(wrong, fmt.Errorf("health[%d]: needs sender and folder", i))
		case !senderName.MatchString(s.Name):
			wrong = append(wrong, fmt.Errorf("health[%d].sender: must be lower case letters, digits, _ and -", i))
		case slices.ContainsFunc(s.Base, func(base string) bool { return !baseForm.MatchString(base) }):
			wrong = append(wrong, fmt.Errorf("health[%d].base: must be addresses such as https://fhir.example.nhs.uk/r4", i))
		case slices.Contains(names, s.Name):
			wrong = append(wrong, fmt.Errorf("health[%d].sender: %s is named twice", i, s.Name))
		}
		names = append(names, s.Name)
	}
	for _, name := range integrated {
		if !slices.Contains(names, name) {
			wrong = append(wrong, fmt.Errorf("returns.integrated.senders: no sender of health is called %s", name))
		}
	}
	return errors.Join(wrong...)
}

// Server is where a sender's bulk exports are fetched from (HL7 Bulk Data Access 3.0.0).
type Server struct {
	URL   string   `yaml:"url"`   // the FHIR base, https
	Group string   `yaml:"group"` // the Group of the people in scope, where the server has one; else all its patients are asked for
	Types []string `yaml:"types"` // resource types to ask for; empty: those that a model reads

	ClientID  string `yaml:"client_id"` // SMART Backend Services; empty: the server asks for no token
	KeyID     string `yaml:"key_id"`
	KeyFile   string `yaml:"key_file"`  // PEM, for its owner's eyes only
	Algorithm string `yaml:"algorithm"` // RS384, RS512 or ES384; empty: RS384 or ES384, by the key
	TokenURL  string `yaml:"token_url"`
	Scope     string `yaml:"scope"`
	CAFile    string `yaml:"ca_file"` // certificates to trust beside the system's
}
