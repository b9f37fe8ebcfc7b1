somebody = Jemand
role-owner = Eigentümer/in
role-moderator = Moderator/in
role-leader = Leiter/in

open-title = { $person } lädt Sie in die Gruppe { $group } ein
open-roles = Ihre Rolle dort: { $roles }.
open-until = Gültig bis zum { $date } (UTC).
note-by = { $person } schreibt:
about = Über die Gruppe
accept = Annehmen
accept-as = Annehmen als { $name }
decline = Ablehnen

enrol-title = Annehmen und ein Konto eröffnen
enrol-text = Mit dem Passwort und der Adresse, an die diese Einladung ging, können Sie sich später anmelden.
enrol-button = Annehmen und beitreten
name-label = Ihr Name
password-label = Wählen Sie ein Passwort
password-hint = Mindestens 10 Zeichen.

other-title = Ich habe ein Konto mit einer anderen Adresse
other-text = Geben Sie dessen Adresse an. Dorthin wird dann eine E-Mail mit einem Link gesendet, mit dem Sie die Einladung mit diesem Konto annehmen.
other-label = E-Mail-Adresse des Kontos
other-button = Link senden
other-sent-title = Sehen Sie in Ihre E-Mails
other-sent-text = Falls es ein Konto mit dieser Adresse gibt, ist eine E-Mail mit einem Link unterwegs. Der Link gilt eine halbe Stunde lang.

never-title = Keine Einladungen mehr
never-text = Niemand erfährt davon. Sie können es hier zurücknehmen.
never-group = Keine mehr von { $group }
never-person = Keine mehr von { $person }
never-everyone = Gar keine Einladungen mehr
refusing-title = Sie erhalten keine solchen Einladungen mehr
refusing-text = Sie haben weitere Einladungen abgelehnt. Niemand hat davon erfahren.
allow = Wieder zulassen

member-title = Sie sind Mitglied der Gruppe { $group }
member-text = Willkommen! Sie brauchen nichts weiter zu tun.
waiting-title = Sie stehen auf der Warteliste der Gruppe { $group }
waiting-text = Im Moment ist kein Platz frei. Sobald einer frei wird, sind Sie Mitglied und erhalten eine E-Mail.
declined-title = Sie haben die Einladung abgelehnt
declined-text = Wenn Sie es sich anders überlegen, bitten Sie { $person } um eine neue Einladung.
expired-title = Diese Einladung ist abgelaufen
expired-text = Bitten Sie { $person } um eine neue Einladung.
revoked-title = Diese Einladung wurde zurückgenommen
revoked-text = Wenn Sie das für ein Versehen halten, fragen Sie { $person }.
used-title = Diese Einladung wurde bereits verwendet
used-text = Wenn Sie wieder beitreten möchten, bitten Sie { $person } um eine Einladung.
closed-title = Die Gruppe { $group } nimmt im Moment niemanden auf
closed-text = Fragen Sie { $person }, oder versuchen Sie es später noch einmal.
full-title = Die Gruppe { $group } und ihre Warteliste sind voll
full-text = Fragen Sie { $person }, oder versuchen Sie es später noch einmal.
mismatch-title = Diese Einladung gilt für eine andere Adresse
mismatch-text = Die Gruppe nimmt nur das Konto auf, zu dem die eingeladene Adresse gehört.
stale-title = Dieser Link gilt nur eine halbe Stunde lang
stale-text = Öffnen Sie die erste E-Mail noch einmal, und fordern Sie dort einen neuen Link an.
wrong-title = Diese Einladung gibt es nicht
wrong-text = Vielleicht ist die Adresse unvollständig. Öffnen Sie den Link in der E-Mail noch einmal.
busy-title = Das hat nicht geklappt
busy-text = Bitte versuchen Sie es gleich noch einmal.
often-title = Das war oft genug
often-text = Bitte warten Sie eine Stunde, bevor Sie noch einen Link anfordern.

error-title = Bitte sehen Sie sich das noch einmal an
error-name = Geben Sie Ihren Namen an: 1 bis 120 Zeichen.
error-password = Wählen Sie ein Passwort mit mindestens 10 Zeichen.
error-address = Geben Sie eine E-Mail-Adresse an, zum Beispiel name@example.org.

back = Zurück zur Einladung
languages = Sprache
unsubscribed = Sie erhalten keine Einladungen mehr.
