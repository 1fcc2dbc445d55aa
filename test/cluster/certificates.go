package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// Long enough for a demo that is left running, short enough that a leaked key is soon worthless.
const validity = 7 * 24 * time.Hour

type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// serviceAddress is the first of the service network: there pods find the API server.
var serviceAddress = net.IPv4(10, 0, 0, 1)

// makeCertificates writes what the API server needs to os.Args[1]: its authority (ca.crt), its serving pair
// (apiserver.crt, apiserver.key) for the address os.Args[2], the pair by which kubelets know it (kubelet-client.crt,
// kubelet-client.key) and the pair that signs service account tokens (service-account.key, service-account.pub).
func makeCertificates() {
	if len(os.Args) != 3 {
		fail(errors.New("usage: certificates <directory> <address of the API server>"))
	}
	directory, address := os.Args[1], net.ParseIP(os.Args[2])
	ca, err := newAuthority()
	if err != nil {
		fail(err)
	}
	err = errors.Join(
		writePEM(directory, "ca.crt", "CERTIFICATE", ca.certificate.Raw),
		writeSignedPair(directory, "apiserver", ca, servingTemplate(address)),
		writeSignedPair(directory, "kubelet-client", ca, clientTemplate()),
		writeServiceAccountPair(directory),
	)
	if err != nil {
		fail(err)
	}
}

func servingTemplate(address net.IP) *x509.Certificate {
	template := certificateTemplate(2, "kube-apiserver")
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	template.IPAddresses = []net.IP{address, serviceAddress}
	template.DNSNames = []string{"localhost", "kubernetes.default.svc"}
	return template
}

func clientTemplate() *x509.Certificate {
	template := certificateTemplate(3, "kube-apiserver")
	template.Subject.Organization = []string{"system:masters"}
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	return template
}

func writeSignedPair(directory, name string, ca authority, template *x509.Certificate) error {
	key, err := newKey()
	if err != nil {
		return err
	}
	der, err := x509.CreateCertificate(rand.Reader, template, ca.certificate, &key.PublicKey, ca.key)
	if err != nil {
		return err
	}
	return errors.Join(
		writePEM(directory, name+".crt", "CERTIFICATE", der),
		writePrivateKey(directory, name+".key", key),
	)
}

func writeServiceAccountPair(directory string) error {
	key, err := newKey()
	if err != nil {
		return err
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return err
	}
	return errors.Join(
		writePrivateKey(directory, "service-account.key", key),
		writePEM(directory, "service-account.pub", "PUBLIC KEY", public),
	)
}

func newAuthority() (authority, error) {
	key, err := newKey()
	if err != nil {
		return authority{}, err
	}
	template := certificateTemplate(1, "nightwatch-test-ca")
	template.IsCA = true
	template.KeyUsage |= x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return authority{}, err
	}
	certificate, err := x509.ParseCertificate(der)
	return authority{certificate, key}, err
}

func newKey() (*ecdsa.PrivateKey, error) {
	return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
}

func certificateTemplate(serial int64, commonName string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber:          big.NewInt(serial),
		Subject:               pkix.Name{CommonName: commonName},
		NotBefore:             time.Now().Add(-time.Minute),
		NotAfter:              time.Now().Add(validity),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		BasicConstraintsValid: true,
	}
}

func writePrivateKey(directory, name string, key *ecdsa.PrivateKey) error {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	return writePEM(directory, name, "PRIVATE KEY", der)
}

func writePEM(directory, name, blockType string, der []byte) error {
	content := pem.EncodeToMemory(&pem.Block{Type: blockType, Bytes: der})
	return os.WriteFile(filepath.Join(directory, name), content, 0o600)
}
