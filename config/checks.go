package config

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// checks are what the tag is can ask of a value that is set.
var checks = map[string]func(value string) error{
	"address":  checkAddress,
	"networks": checkNetworks,
	"url":      checkURL,
	"database": oneScheme("must look like mysql://user:pass@host:port/name", "mysql", "sqlite"),
	"redis":    oneScheme("must look like redis://user:pass@host:port/0", "redis", "rediss"),
	"keys":     func(value string) error { _, err := Keys(value); return err },
	"versions": func(value string) error { _, err := FieldKeys(value); return err },
}

func checkAddress(value string) error {
	if _, port, err := net.SplitHostPort(value); err != nil || port == "" {
		return errors.New("must be host:port, such as 127.0.0.1:8080")
	}
	return nil
}

func checkNetworks(value string) error {
	for part := range strings.SplitSeq(value, ",") {
		part = strings.TrimSpace(part)
		_, err := netip.ParseAddr(part)
		if err != nil {
			_, err = netip.ParsePrefix(part)
		}
		if err != nil {
			return errors.New("must be addresses or networks with commas between them, such as 10.0.0.7,10.1.0.0/16")
		}
	}
	return nil
}

// checkURL says whether paths can be put behind the text to make a link.
func checkURL(value string) error {
	u, err := url.Parse(value)
	if err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" &&
		u.User == nil && u.RawQuery == "" && !u.ForceQuery && u.Fragment == "" && !strings.Contains(value, "#") {
		return nil
	}
	return errors.New("must be an address such as https://jinlin.example.gov.cn")
}

// oneScheme does not repeat the value: there may be a password in it.
func oneScheme(wrong string, schemes ...string) func(value string) error {
	return func(value string) error {
		for _, scheme := range schemes {
			if rest, ok := strings.CutPrefix(value, scheme+"://"); ok && rest != "" {
				return nil
			}
		}
		return errors.New(wrong)
	}
}
