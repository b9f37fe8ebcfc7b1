//! Certificates for servers that tests start.

use std::path::Path;
use std::process::Command;

const OPENSSL_CONFIG: &str = "
    [req]
    distinguished_name = name
    [name]
    [authority]
    basicConstraints = critical, CA:TRUE
    [server]
    basicConstraints = critical, CA:FALSE
    subjectAltName = DNS:localhost
";

/// Makes two authorities in `folder`, `authority` and `stranger`, and a certificate of the first for `localhost`, `server`:
/// of each a file `.pem` and its key, `.key`. Needs openssl.
pub fn make(folder: &Path) {
    std::fs::write(folder.join("openssl.cnf"), OPENSSL_CONFIG).unwrap();
    let certify = |name: &str, extensions: &str, more: &[&str]| {
        let mut command = Command::new("openssl");
        command.args(["req", "-x509", "-config", "openssl.cnf", "-extensions", extensions]);
        command.args(["-subj", &format!("/CN={name} of a test"), "-newkey", "ec", "-pkeyopt"]);
        command.args(["ec_paramgen_curve:P-256", "-nodes", "-days", "2"]);
        command.args(["-keyout", &format!("{name}.key"), "-out", &format!("{name}.pem")]).args(more);
        let output = command.current_dir(folder).output().expect("openssl is needed; install it");
        assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    };
    certify("authority", "authority", &[]);
    certify("stranger", "authority", &[]);
    certify("server", "server", &["-CA", "authority.pem", "-CAkey", "authority.key"]);
}
