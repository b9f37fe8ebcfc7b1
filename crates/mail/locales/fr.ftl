somebody = Quelqu’un
greeting = Bonjour { $name },
greeting-nameless = Bonjour,
footer = Ce message vous est envoyé par { $installation }.
note-by = Message de { $person } :

role-owner = propriétaire
role-moderator = modération
role-leader = animation
roles-comma = { ", " }

invitation-subject = { $person } vous invite à rejoindre { $group }
invitation-text = { $person } vous invite à rejoindre le groupe { $group }.
invitation-roles = Votre rôle dans le groupe : { $roles }.
invitation-until = L’invitation est valable jusqu’au { $date } (UTC).
invitation-button = Voir l’invitation
invitation-ignore = Si vous ne souhaitez pas rejoindre le groupe, vous n’avez rien à faire.
invitation-stop = Ne plus recevoir d’invitations

reminder-subject = Votre invitation à rejoindre { $group } prend fin le { $date }
reminder-text = { $person } vous a invité·e à rejoindre le groupe { $group } et attend votre réponse.

accepted-subject = { $person } a accepté votre invitation à rejoindre { $group }
accepted-text = { $person } a accepté votre invitation à rejoindre le groupe { $group }.

request-subject = { $person } demande à rejoindre { $group }
request-text = { $person } demande à rejoindre votre groupe { $group }.
request-next = Vous et les autres responsables du groupe pouvez accepter ou refuser cette demande.

approved-subject = Vous faites maintenant partie de { $group }
approved-text = Vous faites maintenant partie du groupe { $group }.

ownership-subject = { $person } souhaite vous confier { $group }
ownership-text = { $person } souhaite vous confier le groupe { $group }. Si vous acceptez, vous en devenez propriétaire.
ownership-until = L’offre est valable jusqu’au { $date } (UTC).

sign-in-subject = Rejoindre { $group } avec votre compte
sign-in-text = Quelqu’un souhaite accepter une invitation au groupe { $group } avec votre compte. Si c’est vous, ouvrez cette page :
sign-in-until = { $minutes ->
    [one] La page est valable { $minutes } minute.
   *[other] La page est valable { $minutes } minutes.
 }
sign-in-button = Continuer
sign-in-ignore = Si ce n’est pas vous, vous n’avez rien à faire : rien ne se passe sans vous.

server-invitation-subject = { $person } vous invite à rejoindre { $installation }
server-invitation-text = { $person } vous invite à créer un compte sur { $installation }.
server-invitation-ignore = Si vous ne souhaitez pas de compte, vous n’avez rien à faire.
