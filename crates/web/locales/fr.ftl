somebody = Quelqu’un
role-owner = propriétaire
role-moderator = modération
role-leader = animation

open-title = { $person } vous invite à rejoindre { $group }
open-roles = Votre rôle dans le groupe : { $roles }.
open-until = Valable jusqu’au { $date } (UTC).
note-by = Message de { $person } :
about = À propos du groupe
accept = Accepter
accept-as = Accepter en tant que { $name }
decline = Refuser

enrol-title = Accepter et ouvrir un compte
enrol-text = Avec le mot de passe et l’adresse à laquelle cette invitation a été envoyée, vous pourrez vous connecter plus tard.
enrol-button = Accepter et rejoindre
name-label = Votre nom
password-label = Choisissez un mot de passe
password-hint = Au moins 10 caractères.

other-title = J’ai un compte avec une autre adresse
other-text = Indiquez son adresse. Un message contenant un lien pour accepter l’invitation avec ce compte y sera envoyé.
other-label = Adresse e-mail du compte
other-button = Envoyer le lien
other-sent-title = Consultez votre messagerie
other-sent-text = S’il existe un compte avec cette adresse, un message contenant un lien vient de partir. Le lien est valable une demi-heure.

never-title = Plus d’invitations
never-text = Personne n’en est informé. Vous pouvez revenir sur ce choix ici.
never-group = Plus rien de { $group }
never-person = Plus rien de { $person }
never-everyone = Plus rien de personne
refusing-title = Vous ne recevrez plus ces invitations
refusing-text = Vous avez refusé de nouvelles invitations. Personne n’en a été informé.
allow = Les autoriser de nouveau

member-title = Vous faites partie de { $group }
member-text = Bienvenue ! Vous n’avez rien d’autre à faire.
waiting-title = Vous êtes sur la liste d’attente de { $group }
waiting-text = Il n’y a pas de place pour le moment. Dès qu’il y en aura une, vous ferez partie du groupe et recevrez un message.
declined-title = Vous avez refusé l’invitation
declined-text = Si vous changez d’avis, demandez une nouvelle invitation à { $person }.
expired-title = Cette invitation a expiré
expired-text = Demandez une nouvelle invitation à { $person }.
revoked-title = Cette invitation a été retirée
revoked-text = Si vous pensez qu’il s’agit d’une erreur, adressez-vous à { $person }.
used-title = Cette invitation a déjà été utilisée
used-text = Si vous souhaitez revenir, demandez une invitation à { $person }.
closed-title = { $group } n’accueille personne pour le moment
closed-text = Adressez-vous à { $person }, ou réessayez plus tard.
full-title = { $group } et sa liste d’attente sont complets
full-text = Adressez-vous à { $person }, ou réessayez plus tard.
mismatch-title = Cette invitation est destinée à une autre adresse
mismatch-text = Le groupe n’accueille que le compte auquel appartient l’adresse invitée.
stale-title = Ce lien n’est valable qu’une demi-heure
stale-text = Rouvrez le premier message, et demandez-y un nouveau lien.
wrong-title = Cette invitation n’existe pas
wrong-text = L’adresse est peut-être incomplète. Ouvrez de nouveau le lien du message.
busy-title = Cela n’a pas fonctionné
busy-text = Veuillez réessayer dans un instant.
often-title = Cela suffit pour le moment
often-text = Veuillez attendre une heure avant de demander un autre lien.

error-title = Veuillez vérifier ce qui suit
error-name = Indiquez votre nom : de 1 à 120 caractères.
error-password = Choisissez un mot de passe d’au moins 10 caractères.
error-address = Indiquez une adresse e-mail, par exemple nom@example.org.

back = Retour à l’invitation
languages = Langue
unsubscribed = Vous ne recevrez plus d’invitations.
