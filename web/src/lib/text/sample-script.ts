/** The script that new people may begin with: three places, three speakers, about a minute. */
export const SAMPLE_TITLE = "The Last Reel";

export const SAMPLE_SCRIPT = `Title: The Last Reel
Credit: written by
Author: Dailies

INT. PROJECTION ROOM - NIGHT

A narrow room above an empty cinema. Two old projectors. MARTA, 60, in a grey work coat, threads a strip of film by touch.

MARTA
Forty years, and it still smells of vinegar.

The door opens. JONAS, 25, rain on his jacket, holds a flat tin can.

JONAS
They said you throw nothing away.

MARTA
They say a lot. Close the door, you let the light in.

EXT. CINEMA STREET - NIGHT

Rain. The sign over the entrance has lost three letters. A tram passes, its windows full of faces.

JONAS (V.O.)
My grandmother is in that can. Eleven seconds of her.

INT. CINEMA HALL - NIGHT

Rows of red seats, all empty. A beam of light cuts the dark. On the screen, a YOUNG WOMAN turns to the camera and laughs.

JONAS
Can you stop it there?

MARTA
You can stop a digital. This one you have to watch.

The young woman on the screen waves. Jonas raises a hand, and waves back.

ANNA
(from the screen)
Are you filming? Stop filming!

Marta looks away from the screen, at him.

MARTA
Again?

JONAS
From the top.

EXT. CINEMA STREET - DAWN

The rain has stopped. Jonas walks with the can under his arm. Behind him, the sign flickers on, one letter after the other.
`;
