package pds

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
)

// Query is one person. Dates are YYYY-MM-DD.
type Query struct {
	NHSNumber  string // the number that the council has; empty: none, and PDS is searched
	FamilyName string
	GivenName  string
	BirthDate  string
}

// Answer is what PDS says of one person, in the codes of the batch trace service (package trace), so that both follow
// the same rules: 00 found, 90 found under a number that replaced the council's, 91 invalidated, 92 found and sensitive,
// 96 too little to ask with, 97 more than one match or too low a score, 98 not found. No address is read, of anybody.
type Answer struct {
	Code      string
	NHSNumber string  // of a match
	Score     float64 // of a match by search, 0 to 1; 1 for one by number
}

// Lookup asks PDS about one person: by number where there is one, else by one strict search.
func (c *Client) Lookup(ctx context.Context, q Query) (Answer, error) {
	if q.NHSNumber != "" {
		return c.byNumber(ctx, q)
	}
	if q.FamilyName == "" || q.GivenName == "" || q.BirthDate == "" {
		return Answer{Code: "96"}, nil
	}
	return c.bySearch(ctx, q)
}

// patient is the part of a Patient that is read.
type patient struct {
	ResourceType string `json:"resourceType"`
	ID           string `json:"id"`
	BirthDate    string `json:"birthDate"`
	Meta         struct {
		Security []struct {
			Code string `json:"code"`
		} `json:"security"`
	} `json:"meta"`
}

// byNumber gets the record of a number. The number counts only where the birth date agrees.
func (c *Client) byNumber(ctx context.Context, q Query) (Answer, error) {
	body, err := c.ask(ctx, "/Patient/"+url.PathEscape(q.NHSNumber))
	var refused *Error
	switch {
	case errors.As(err, &refused) && refused.Status == http.StatusNotFound && refused.Code == "INVALIDATED_RESOURCE":
		return Answer{Code: "91"}, nil
	case errors.As(err, &refused) && refused.Status == http.StatusNotFound:
		return Answer{Code: "98"}, nil
	case errors.As(err, &refused) && refused.Status == http.StatusBadRequest && refused.Code == "INVALID_RESOURCE_ID":
		return Answer{Code: "98"}, nil
	case err != nil:
		return Answer{}, fmt.Errorf("get a patient: %w", err)
	}
	var found patient
	if json.Unmarshal(body, &found) != nil {
		return Answer{}, fmt.Errorf("get a patient: %w", errAnswer)
	}
	answer, err := found.answer(q, 1)
	if err == nil && found.BirthDate != q.BirthDate {
		return Answer{Code: "98"}, nil
	}
	return answer, err
}

// bySearch makes one search that is not fuzzy and includes history. Neither the postcode nor the GP is part of it, since
// PDS then returns no restricted patient; nor is gender, which PDS advises against.
func (c *Client) bySearch(ctx context.Context, q Query) (Answer, error) {
	query := url.Values{
		"family": {q.FamilyName}, "given": {q.GivenName}, "birthdate": {"eq" + q.BirthDate},
		"_fuzzy-match": {"false"}, "_exact-match": {"false"}, "_history": {"true"}, "_max-results": {"1"},
	}
	body, err := c.ask(ctx, "/Patient?"+query.Encode())
	var refused *Error
	if errors.As(err, &refused) && refused.Code == "TOO_MANY_MATCHES" {
		return Answer{Code: "97"}, nil
	}
	if err != nil {
		return Answer{}, fmt.Errorf("search: %w", err)
	}
	var said struct {
		ResourceType string `json:"resourceType"`
		Entry        []struct {
			Search struct {
				Score *float64 `json:"score"`
			} `json:"search"`
			Resource patient `json:"resource"`
		} `json:"entry"`
		outcome
	}
	if json.Unmarshal(body, &said) != nil {
		return Answer{}, fmt.Errorf("search: %w", errAnswer)
	}
	switch {
	case said.ResourceType == "OperationOutcome" && said.code() == "TOO_MANY_MATCHES":
		return Answer{Code: "97"}, nil
	case said.ResourceType != "Bundle":
		return Answer{}, fmt.Errorf("search: %w: %s", errAnswer, said.code())
	case len(said.Entry) == 0:
		return Answer{Code: "98"}, nil
	case len(said.Entry) > 1, said.Entry[0].Search.Score == nil, *said.Entry[0].Search.Score < c.o.MinScore:
		return Answer{Code: "97"}, nil
	}
	return said.Entry[0].Resource.answer(q, *said.Entry[0].Search.Score)
}

// answer judges a record. A security label that is not known protects.
func (p patient) answer(q Query, score float64) (Answer, error) {
	if p.ResourceType != "Patient" || !isNHSNumber(p.ID) {
		return Answer{}, fmt.Errorf("%w: it has no patient with an NHS number", errAnswer)
	}
	answer := Answer{Code: "00", NHSNumber: p.ID, Score: score}
	if q.NHSNumber != "" && p.ID != q.NHSNumber {
		answer.Code = "90"
	}
	for _, label := range p.Meta.Security {
		switch label.Code {
		case "U":
		case "REDACTED":
			return Answer{Code: "91"}, nil
		default: // R, V and what is not known
			answer.Code = "92"
		}
	}
	return answer, nil
}

// isNHSNumber checks ten digits by Modulus 11 (NHS Data Dictionary, NHS NUMBER), without the two sentinels.
func isNHSNumber(number string) bool {
	if len(number) != 10 || number == "0000000000" || number == "9999999999" {
		return false
	}
	sum := 0
	for i, digit := range []byte(number) {
		if digit < '0' || digit > '9' {
			return false
		}
		if i < 9 {
			sum += int(digit-'0') * (10 - i)
		}
	}
	check := (11 - sum%11) % 11
	return check < 10 && check == int(number[9]-'0')
}
